/** The whole syntax of a .inet file. What it means stands in README.md beside this file.
 *
 *  Every operator level is a loop, none is recursive: a chain of a million operands is flat, and only brackets and `if`
 *  nest. That depth is bounded in the token stream before this parser runs (compiler/frontend/TokenChecks.h).
 *
 *  Two tokens are told apart by the token before them, so that two tokens of lookahead always decide: a '(' that follows
 *  a name is CALL, elsewhere LPAREN; a '-' that follows an operand is MINUS, elsewhere NEGATE. The lexer in Parser.cpp
 *  does that. (`{ y = a (b) }` is therefore a call, and `{ y = a -b }` a difference, over line ends as well.)
 *
 *  Some things are accepted here and refused by the AST builder, which can say what is wrong with them: `a -> b + c`
 *  without parentheses, `a < b < c`, a right side of `->` that is no layer.
 */
grammar Inet;

tokens { CALL, NEGATE }

file : definition* EOF ;

definition : importFile | network | layer | activation ;

importFile : IMPORT STRING ;
network : NETWORK NAME parameters? block ;
layer : LAYER NAME parameters? block ;
activation : ACTIVATION NAME parameters ASSIGN expression ;

parameters : CALL (parameter (COMMA parameter)* COMMA?)? RPAREN ;
parameter : NAME (ASSIGN expression)? ;

block : LBRACE statement* RBRACE ;
statement : inputShape | defaults | layer | loop | result | assignment ;

inputShape : INPUT list ;
defaults : DEFAULT NAME LBRACE (argument (COMMA argument)* COMMA?)? RBRACE ;
loop : FOR NAME IN expression block ;
result : RETURN expression ;
assignment : (NAME | INPUT) ASSIGN expression ;

// Loosest first.
expression : operation (ARROW operation)* ;
operation : conjunction (OR conjunction)* ;
conjunction : negation (AND negation)* ;
negation : NOT* comparison ;
comparison : range ((EQUAL | NOT_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL) range)* ;
range : sum (DOTS sum)* ;
sum : product ((PLUS | MINUS) product)* ;
product : factor ((STAR | SLASH | PERCENT) factor)* ;
factor : NEGATE* primary ;

primary
  : NUMBER
  | TRUE
  | FALSE
  | INPUT
  | NAME arguments?
  | list
  | LPAREN expression RPAREN
  | conditional
  ;

arguments : CALL (argument (COMMA argument)* COMMA?)? RPAREN ;
argument : (NAME ASSIGN)? expression ;
list : LBRACKET (expression (COMMA expression)* COMMA?)? RBRACKET ;
conditional : IF expression valueBlock ELSE valueBlock ;
valueBlock : LBRACE statement* expression RBRACE ;

// A value given on the command line, `-D name=value`.
definitionValue : expression EOF ;

IMPORT : 'import' ;
NETWORK : 'network' ;
LAYER : 'layer' ;
ACTIVATION : 'activation' ;
INPUT : 'input' ;
DEFAULT : 'default' ;
FOR : 'for' ;
IN : 'in' ;
IF : 'if' ;
ELSE : 'else' ;
RETURN : 'return' ;
AND : 'and' ;
OR : 'or' ;
NOT : 'not' ;
TRUE : 'true' ;
FALSE : 'false' ;

ARROW : '->' ;
DOTS : '..' ;
EQUAL : '==' ;
NOT_EQUAL : '!=' ;
LESS_EQUAL : '<=' ;
GREATER_EQUAL : '>=' ;
LESS : '<' ;
GREATER : '>' ;
ASSIGN : '=' ;
PLUS : '+' ;
MINUS : '-' ;
STAR : '*' ;
SLASH : '/' ;
PERCENT : '%' ;
COMMA : ',' ;
LPAREN : '(' ;
RPAREN : ')' ;
LBRACKET : '[' ;
RBRACKET : ']' ;
LBRACE : '{' ;
RBRACE : '}' ;

NAME : [A-Za-z_] [A-Za-z_0-9]* ;
NUMBER : DIGITS ('.' DIGITS)? ([eE] [+-]? DIGITS)? ;
fragment DIGITS : [0-9]+ ;
STRING : '"' ~["\r\n]* '"' ;

SPACE : [ \t\r\n]+ -> skip ;
LINE_COMMENT : '//' ~[\n]* -> skip ;
BLOCK_COMMENT : '/*' COMMENT_TEXT '*'+ '/' -> skip ;
fragment COMMENT_TEXT : (~'*' | '*'+ ~[*/])* ;

// What no rule above takes becomes a token too, so that the message is ours. Off the parser's channel: one stray
// character is one error.
OPEN_STRING : '"' ~["\r\n]* -> channel(HIDDEN) ;
OPEN_COMMENT : '/*' COMMENT_TEXT '*'* -> channel(HIDDEN) ;
STRAY : . -> channel(HIDDEN) ;
