//! From the tree to what is asked: names become fields of the schema, literals ranges of values, and both sides of a relation must be of one
//! kind. Nothing is evaluated here.

use std::sync::Arc;

use regex::bytes::RegexBuilder;

use super::field::{Field, Wanted};
use super::program::Program;
use super::range::{Range, apart, from_hex, joined, range_of};
use super::tree::{At, Function, Operand, Operator, Over, Piece, Relation, Take, Test};
use super::typed::{Ask, Leaf, Node, Ref, Sort, Tree};
use crate::schema::Schema;

/// Why a tree is no filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub at: At,
}

impl FilterError {
    pub(super) fn new(message: impl Into<String>, at: At) -> Self {
        Self { message: message.into(), at }
    }
}

/// A compiled filter; it belongs to the schema that it was compiled for.
#[derive(Debug)]
pub struct Filter {
    pub(super) schema: Arc<Schema>,
    pub(super) tree: Tree,
    pub(super) leaves: Vec<Leaf>,
    pub(super) fields: Vec<Field>,
}

/// Deeper trees are refused; whoever parses keeps below.
const MOST_DEEP: usize = 120;
const TOO_DEEP: &str = "it is nested too deeply, or a chain of operators is too long: values are joined with `in {…}`";
const MOST_REGEX: usize = 1 << 20;

impl Filter {
    /// Compile a tree, given as JSON.
    pub fn compile(schema: &Arc<Schema>, document: &str) -> Result<Self, FilterError> {
        let test: Test = serde_json::from_str(document).map_err(|error| {
            // Who writes the document writes it well: what cannot be read of it is nested deeper than the reader goes.
            let message = if error.is_syntax() { TOO_DEEP.to_owned() } else { format!("not a filter: {error}") };
            FilterError::new(message, At::default())
        })?;
        let mut compiler = Compiler { schema, leaves: Vec::new(), fields: Vec::new(), needs: Vec::new() };
        let tree = compiler.test(&test, 0)?;
        let Compiler { leaves, fields, .. } = compiler;
        if let Some(message) = fields.iter().find_map(Field::refused) {
            return Err(FilterError::new(message, At::default()));
        }
        Ok(Self { schema: Arc::clone(schema), tree, leaves, fields })
    }

    /// The schema.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The names of what is asked about.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| &*field.name)
    }
}

struct Compiler<'a> {
    schema: &'a Arc<Schema>,
    leaves: Vec<Leaf>,
    fields: Vec<Field>,
    /// What the leaf that is being compiled needs.
    needs: Vec<u16>,
}

impl Compiler<'_> {
    fn test(&mut self, test: &Test, depth: usize) -> Result<Tree, FilterError> {
        if depth > MOST_DEEP {
            return Err(FilterError::new(TOO_DEEP, At::default()));
        }
        let ask = match test {
            Test::And(tests) => return Ok(Tree::And(tests.iter().map(|test| self.test(test, depth + 1)).collect::<Result<_, _>>()?)),
            Test::Or(tests) => return Ok(Tree::Or(tests.iter().map(|test| self.test(test, depth + 1)).collect::<Result<_, _>>()?)),
            Test::Not(test) => return Ok(Tree::Not(Box::new(self.test(test, depth + 1)?))),
            Test::Exists(operand) => Ask::Exists(self.operand(operand)?.0),
            Test::Truth(operand) => Ask::Truth(self.operand(operand)?.0),
            Test::Compare { relation, left, right, over } => self.compare(*relation, left, right, *over)?,
            Test::In { value, ranges, numbers, texts, over } => self.is_in(value, ranges, numbers.clone(), texts, *over)?,
            Test::Contains { left, right, over } => Ask::Contains(self.bytes(left)?, self.bytes(right)?, *over),
            Test::Program(by_link) => {
                let sound = |(link, code): &(u16, Vec<_>)| Program::new(code).map(|program| (*link, program));
                let made: Option<Box<[_]>> = by_link.iter().map(sound).collect();
                Ask::Program(made.ok_or_else(|| FilterError::new("not a program of the BPF machine", At::default()))?)
            }
            Test::Matches { value, pattern, case, over, at } => {
                let made =
                    RegexBuilder::new(pattern).unicode(false).case_insensitive(!case).size_limit(MOST_REGEX).dfa_size_limit(MOST_REGEX).build();
                let regex = made.map_err(|error| FilterError::new(regex_words(&error), *at))?;
                Ask::Matches(self.bytes(value)?, regex, *over)
            }
        };
        let number = u16::try_from(self.leaves.len()).map_err(|_| FilterError::new("too many tests", At::default()))?;
        self.leaves.push(Leaf { ask, needs: std::mem::take(&mut self.needs) });
        Ok(Tree::Leaf(number))
    }

    fn compare(&mut self, relation: Relation, left: &Operand, right: &Operand, over: Over) -> Result<Ask, FilterError> {
        let flipped = match relation {
            Relation::Lt => Relation::Gt,
            Relation::Le => Relation::Ge,
            Relation::Gt => Relation::Lt,
            Relation::Ge => Relation::Le,
            Relation::Eq | Relation::Ne => relation,
        };
        match (range_of(left)?, range_of(right)?) {
            (None, Some(range)) => self.against(relation, left, &range, over),
            (Some(range), None) => self.against(flipped, right, &range, over),
            _ => {
                let ((left, one), (right, other)) = (self.operand(left)?, self.operand(right)?);
                same_kind(one, other)?;
                Ok(Ask::Compare(relation, left, right, over))
            }
        }
    }

    /// A relation to a literal is a question of ranges.
    fn against(&mut self, relation: Relation, value: &Operand, range: &Range, over: Over) -> Result<Ask, FilterError> {
        let (node, sort) = self.operand(value)?;
        match range {
            Range::Number(low, high) => {
                same_kind(sort, Sort::Number)?;
                let (low, high) = (*low, *high);
                let ranges = match relation {
                    Relation::Eq => vec![(low, high)],
                    Relation::Ne => vec![(i128::MIN, low.saturating_sub(1)), (high.saturating_add(1), i128::MAX)],
                    Relation::Lt => vec![(i128::MIN, low.saturating_sub(1))],
                    Relation::Le => vec![(i128::MIN, high)],
                    Relation::Gt => vec![(high.saturating_add(1), i128::MAX)],
                    Relation::Ge => vec![(low, i128::MAX)],
                };
                Ok(Ask::Within(node, ranges.into(), over))
            }
            Range::Bytes(low, high) => {
                same_kind(sort, Sort::Bytes)?;
                let (low, high) = (Some(low.clone()), Some(high.clone()));
                let range = match relation {
                    Relation::Eq => ((low, high), true),
                    Relation::Ne => ((low, high), false),
                    Relation::Lt => ((low, None), false),
                    Relation::Le => ((None, high), true),
                    Relation::Gt => ((None, high), false),
                    Relation::Ge => ((low, None), true),
                };
                Ok(Ask::Among(node, [range].into(), over))
            }
        }
    }

    fn is_in(
        &mut self,
        value: &Operand,
        ranges: &[(Operand, Operand)],
        mut numbers: Vec<(i128, i128)>,
        texts: &[(String, String)],
        over: Over,
    ) -> Result<Ask, FilterError> {
        let (node, sort) = self.operand(value)?;
        let mut nodes = Vec::new();
        let mut bytes = texts.iter().map(|(low, high)| Ok((from_hex(low)?, from_hex(high)?))).collect::<Result<Vec<_>, _>>()?;
        for (low, high) in ranges {
            match (range_of(low)?, range_of(high)?) {
                (Some(Range::Number(low, _)), Some(Range::Number(_, high))) => numbers.push((low, high)),
                (Some(Range::Bytes(low, _)), Some(Range::Bytes(_, high))) => bytes.push((low, high)),
                _ => {
                    // Which of these has a value is not known before: none of them is needed.
                    let needs = std::mem::take(&mut self.needs);
                    let ((low, one), (high, other)) = (self.operand(low)?, self.operand(high)?);
                    same_kind(sort, one).and(same_kind(sort, other))?;
                    nodes.push((low, high));
                    self.needs = needs;
                }
            }
        }
        if !nodes.is_empty() {
            nodes.extend(numbers.into_iter().map(|(low, high)| (Node::Number(low), Node::Number(high))));
            nodes.extend(bytes.into_iter().map(|(low, high)| (Node::Bytes(low), Node::Bytes(high))));
            return Ok(Ask::Between(node, nodes.into(), over));
        }
        if sort.is_number() {
            if !bytes.is_empty() {
                same_kind(sort, Sort::Bytes)?;
            }
            return Ok(Ask::Within(node, apart(numbers).into(), over));
        }
        if !numbers.is_empty() {
            same_kind(sort, Sort::Number)?;
        }
        Ok(Ask::Listed(node, joined(bytes).into(), over))
    }

    /// An operand whose values are bytes or text.
    fn bytes(&mut self, operand: &Operand) -> Result<Node, FilterError> {
        let (node, sort) = self.operand(operand)?;
        same_kind(sort, Sort::Bytes)?;
        Ok(node)
    }

    fn operand(&mut self, operand: &Operand) -> Result<(Node, Sort), FilterError> {
        Ok(match operand {
            Operand::Field { name, layers, take, at } => {
                let found = Field::column(self.schema, name).ok_or_else(|| FilterError::new(format!("unknown field {name:?}"), *at))?;
                self.refer(found, layers, *take)?
            }
            Operand::Protocol { name, payload, layers, at } => {
                let found =
                    Field::protocol(self.schema, name, *payload).ok_or_else(|| FilterError::new(format!("unknown protocol {name:?}"), *at))?;
                self.refer(found, layers, Take::Every)?
            }
            Operand::Frame => self.refer(Field::frame(), &[], Take::Every)?,
            Operand::Number(number) => (Node::Number(*number), Sort::Number),
            Operand::Bytes(hex) => (Node::Bytes(from_hex(hex)?), Sort::Bytes),
            Operand::Address(..) => match range_of(operand)? {
                Some(Range::Number(low, _)) => (Node::Number(low), Sort::Ip4),
                Some(Range::Bytes(low, _)) => (Node::Bytes(low), Sort::Ip6),
                None => return Err(FilterError::new("not an address", At::default())),
            },
            Operand::Slice(of, pieces) => {
                let (node, sort) = self.operand(of)?;
                let node = if sort == Sort::Ip4 { Node::Octets(Box::new(node)) } else { node };
                if matches!(sort, Sort::Number | Sort::Truth) {
                    return Err(FilterError::new("only bytes and text can be sliced", At::default()));
                }
                (Node::Slice(Box::new(node), pieces.clone().into()), if sort == Sort::Text { sort } else { Sort::Bytes })
            }
            Operand::Call(function, arguments) => self.call(*function, arguments)?,
            Operand::Binary(operator, left, right) => {
                let ((left, one), (right, other)) = (self.operand(left)?, self.operand(right)?);
                same_kind(one, other)?;
                if !one.is_number() && !matches!(operator, Operator::And | Operator::Or | Operator::Xor) {
                    return Err(FilterError::new("arithmetic is on numbers", At::default()));
                }
                (Node::Binary(*operator, Box::new((left, right))), if one.is_number() { Sort::Number } else { Sort::Bytes })
            }
            Operand::Negative(of) => {
                let (node, sort) = self.operand(of)?;
                same_kind(sort, Sort::Number)?;
                (Node::Negative(Box::new(node)), Sort::Number)
            }
        })
    }

    fn refer(&mut self, found: Field, layers: &[Piece], take: Take) -> Result<(Node, Sort), FilterError> {
        let sort = Sort::of(found.kind);
        let known = self.fields.iter().position(|field| field.name == found.name && field.wanted.is_same_kind(&found.wanted));
        let at = known.unwrap_or(self.fields.len());
        if known.is_none() {
            self.fields.push(found);
        }
        let field = u16::try_from(at).map_err(|_| FilterError::new("too many fields", At::default()))?;
        self.needs.push(field);
        Ok((Node::Field(Ref { field, layers: layers.into(), take }), sort))
    }

    fn call(&mut self, function: Function, arguments: &[Operand]) -> Result<(Node, Sort), FilterError> {
        let mut made = Vec::with_capacity(arguments.len());
        let needs = std::mem::take(&mut self.needs);
        for argument in arguments {
            made.push(self.operand(argument)?);
        }
        let several = matches!(function, Function::Max | Function::Min);
        if made.is_empty() || (made.len() > 1 && !several) {
            return Err(FilterError::new("a function with the wrong number of arguments", At::default()));
        }
        // Of several arguments one with a value is enough.
        if made.len() > 1 {
            self.needs.clear();
        }
        self.needs.extend(needs);
        let first = made[0].1;
        for (_, sort) in &made {
            same_kind(first, *sort)?;
        }
        let sort = match function {
            Function::Crc16 | Function::Crc32 => same_kind(first, Sort::Bytes).map(|()| Sort::Number)?,
            Function::Len => same_kind(first, Sort::Bytes).map(|()| Sort::Number)?,
            Function::Count => Sort::Number,
            Function::Upper | Function::Lower => same_kind(first, Sort::Bytes).map(|()| Sort::Text)?,
            Function::String => Sort::Text,
            Function::Hex => same_kind(first, Sort::Bytes).map(|()| Sort::Text)?,
            Function::Max | Function::Min => first,
            Function::Abs => same_kind(first, Sort::Number).map(|()| Sort::Number)?,
        };
        Ok((Node::Call(function, made.into()), sort))
    }
}

fn same_kind(one: Sort, other: Sort) -> Result<(), FilterError> {
    if one.is_number() == other.is_number() { Ok(()) } else { Err(FilterError::new("a number is compared with bytes", At::default())) }
}

/// The last line of a regular expression's error says what is wrong.
fn regex_words(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    format!("regular expression: {}", last.strip_prefix("error: ").unwrap_or(last))
}

impl Wanted {
    fn is_same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}
