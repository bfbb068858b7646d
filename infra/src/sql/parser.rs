//! From words to a statement.

use super::lexer::{Token, tokens};
use super::{Function, Item, Select, SqlError};

pub(super) fn parse(text: &str) -> Result<Select, SqlError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
    };
    parser.keyword("SELECT")?;
    let items = parser.items()?;
    parser.keyword("FROM")?;
    let from = parser.text("a topic filter in quotes")?.parse()?;
    match parser.next() {
        None => Ok(Select { items, from }),
        Some(Token::Word(name)) => Err(SqlError::Clause { name }),
        Some(other) => Err(SqlError::Expected {
            expected: "the end",
            found: other.to_string(),
        }),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// Goes on if the next token is this sign.
    fn skip(&mut self, sign: char) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn keyword(&mut self, keyword: &'static str) -> Result<(), SqlError> {
        match self.next() {
            Some(token) if token.is_word(keyword) => Ok(()),
            other => Err(expected(keyword, other)),
        }
    }

    fn text(&mut self, what: &'static str) -> Result<String, SqlError> {
        match self.next() {
            Some(Token::Text(text)) => Ok(text),
            other => Err(expected(what, other)),
        }
    }

    fn word(&mut self, what: &'static str) -> Result<String, SqlError> {
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            other => Err(expected(what, other)),
        }
    }

    fn items(&mut self) -> Result<Vec<Item>, SqlError> {
        let mut items = vec![self.item()?];
        while self.skip(',') {
            items.push(self.item()?);
        }
        Ok(items)
    }

    fn item(&mut self) -> Result<Item, SqlError> {
        if self.skip('*') {
            return Ok(Item::Everything);
        }
        let called = self.word("* or a function")?;
        let function = function(&called, &self.arguments()?)?;
        self.keyword("AS")?;
        Ok(Item::Field {
            name: self.word("a name")?,
            function,
        })
    }

    fn arguments(&mut self) -> Result<Vec<Token>, SqlError> {
        if !self.skip('(') {
            return Err(expected("(", self.next()));
        }
        let mut arguments = Vec::new();
        while !self.skip(')') {
            if !arguments.is_empty() && !self.skip(',') {
                return Err(expected(", or )", self.next()));
            }
            arguments.push(self.next().ok_or_else(|| expected(")", None))?);
        }
        Ok(arguments)
    }
}

fn function(name: &str, arguments: &[Token]) -> Result<Function, SqlError> {
    match (name.to_ascii_lowercase().as_str(), arguments) {
        ("encode", [Token::Sign('*'), Token::Text(scheme)]) if scheme == "base64" => {
            Ok(Function::EncodePayload)
        }
        ("clientid", []) => Ok(Function::ClientId),
        ("topic", []) => Ok(Function::Topic),
        ("topic", [Token::Number(level)]) if *level > 0 => Ok(Function::TopicLevel(*level)),
        ("principal", []) => Ok(Function::Principal),
        ("traceid", []) => Ok(Function::TraceId),
        ("timestamp", []) => Ok(Function::Timestamp),
        _ => Err(SqlError::Function {
            name: name.to_owned(),
        }),
    }
}

fn expected(expected: &'static str, found: Option<Token>) -> SqlError {
    SqlError::Expected {
        expected,
        found: found.map_or_else(|| "the end".to_owned(), |token| token.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn words_may_be_in_any_case_and_on_any_line() {
        let select = parse("select *,\n topic() as t, Topic(2) AS robot from 'r/+/run'").unwrap();
        let field = |name: &str, function| Item::Field {
            name: name.into(),
            function,
        };
        let expected = [
            Item::Everything,
            field("t", Function::Topic),
            field("robot", Function::TopicLevel(2)),
        ];
        assert_eq!(select.items, expected);
        assert_eq!(select.from().to_string(), "r/+/run");
    }

    #[test]
    fn an_unknown_function_is_named() {
        assert_eq!(
            error("SELECT get_thing_shadow('x') AS s FROM 'a'"),
            "the function get_thing_shadow is not known with these arguments"
        );
        assert!(error("SELECT encode(*, 'hex') AS d FROM 'a'").contains("encode"));
        assert!(error("SELECT topic(0) AS t FROM 'a'").contains("topic"));
    }

    #[test]
    fn an_unknown_clause_or_form_is_named() {
        assert_eq!(
            error("SELECT * FROM 'a' WHERE battery"),
            "the clause WHERE is not known"
        );
        assert_eq!(error("SELECT battery AS b FROM 'a'"), "expected (, found AS");
        assert_eq!(error("SELECT clientid() FROM 'a'"), "expected AS, found FROM");
        assert_eq!(error("UPDATE x"), "expected SELECT, found UPDATE");
        assert_eq!(
            error("SELECT * FROM 'a"),
            "the text that begins at character 15 is not closed"
        );
        assert_eq!(
            error("SELECT * FROM a"),
            "expected a topic filter in quotes, found a"
        );
        assert_eq!(
            error("SELECT a.b FROM 'a'"),
            "character 9 ('.') begins nothing that is known"
        );
        assert!(error("SELECT * FROM 'a/#/b'").contains("is no topic filter"));
        assert_eq!(error("SELECT topic(1"), "expected , or ), found the end");
        assert_eq!(error(""), "expected SELECT, found the end");
    }
}
