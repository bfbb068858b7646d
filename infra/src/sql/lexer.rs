//! The words of a statement.

use std::fmt;

use super::SqlError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Number(usize),
    Sign(char),
}

impl Token {
    pub(super) fn is_word(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Sign(sign) => write!(f, "{sign}"),
        }
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, SqlError> {
    let mut lexer = Lexer {
        letters: text.chars().collect(),
        at: 0,
    };
    std::iter::from_fn(|| lexer.next().transpose()).collect()
}

struct Lexer {
    letters: Vec<char>,
    at: usize,
}

impl Lexer {
    fn next(&mut self) -> Result<Option<Token>, SqlError> {
        self.take_while(char::is_whitespace);
        let Some(&first) = self.letters.get(self.at) else {
            return Ok(None);
        };
        let token = match first {
            '\'' => self.text()?,
            '*' | ',' | '(' | ')' => {
                self.at += 1;
                Token::Sign(first)
            }
            digit if digit.is_ascii_digit() => self.number()?,
            letter if letter.is_ascii_alphabetic() || letter == '_' => {
                Token::Word(self.take_while(|letter| letter.is_ascii_alphanumeric() || letter == '_'))
            }
            found => {
                return Err(SqlError::Character {
                    at: self.at + 1,
                    found,
                });
            }
        };
        Ok(Some(token))
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let rest = self.letters.iter().skip(self.at);
        let taken: String = rest.take_while(|letter| wanted(**letter)).collect();
        self.at += taken.chars().count();
        taken
    }

    fn text(&mut self) -> Result<Token, SqlError> {
        let begin = self.at + 1;
        self.at += 1;
        let text = self.take_while(|letter| letter != '\'');
        if self.at >= self.letters.len() {
            return Err(SqlError::Unclosed { at: begin });
        }
        self.at += 1;
        Ok(Token::Text(text))
    }

    fn number(&mut self) -> Result<Token, SqlError> {
        let begin = self.at + 1;
        let digits = self.take_while(|letter| letter.is_ascii_digit());
        let first = digits.chars().next().unwrap_or('0');
        digits
            .parse()
            .map(Token::Number)
            .map_err(|_| SqlError::Character {
                at: begin,
                found: first,
            })
    }
}
