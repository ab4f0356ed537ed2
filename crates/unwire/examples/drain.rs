//! Reads columns of a capture again and again and prints the seconds of each pass: `drain FILE PASSES WORKERS COLUMN…`, of the packets that a
//! filter lets through if one of the words is a filter's tree as JSON (`unwire.compile(…).tree.json()`).
//! For profilers: `valgrind --tool=callgrind --toggle-collect='drain::pass' …` leaves the reading of the schema out.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use unwire::capture::Capture;
use unwire::columns::{Columns, Occurrence, Plan};
use unwire::filter::{Filter, Selected};
use unwire::pool::Ordered;
use unwire::schema::Schema;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, passes, workers, words @ ..] = arguments.as_slice() else { panic!("drain FILE PASSES WORKERS COLUMN…") };
    let (filters, columns): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.starts_with('{'));
    let filter = filters.first().map(|tree| Arc::new(Filter::compile(Schema::built_in(), tree).unwrap_or_else(|error| panic!("{}", error.message))));
    let plan = Plan::new(Schema::built_in(), &columns, Occurrence::First).unwrap_or_else(|unknown| panic!("no column {}", unknown.0));
    let plan = Arc::new(plan);
    for _ in 0..passes.parse().expect("a number of passes") {
        let capture = Capture::open(Path::new(file)).expect("a capture");
        let begin = Instant::now();
        let rows = pass(capture, workers.parse().expect("a number of workers"), &plan, filter.as_ref());
        println!("{rows} packets in {:.3} s", begin.elapsed().as_secs_f64());
    }
}

#[inline(never)]
fn pass(capture: Capture, workers: usize, plan: &Arc<Plan>, filter: Option<&Arc<Filter>>) -> usize {
    let batches = Ordered::new(capture, workers, || Selected::new(Columns::new(Arc::clone(plan), None), filter, None));
    batches.map(|batch| batch.expect("a readable capture").expect("arrays of one length").num_rows()).sum()
}
