//! Charts as the server draws them: [`scale`] has the ticks, [`svg`] the picture, [`words`] the sentences. Pure.

pub mod scale;
pub mod svg;
pub mod words;

use domain::history::series::{Gap, PATIENCE, gaps, holds};
use domain::history::{ChartView, Plot, Range, Sample};
use svg::{Band, Line, Picture};

/// What a chart is drawn from.
#[derive(Clone, Debug)]
pub struct Story {
    /// The range.
    pub range: Range,
    /// Its first second.
    pub from: i64,
    /// Its last: now.
    pub to: i64,
    /// Since when there are samples at all.
    pub since: Option<i64>,
    /// The samples of the range.
    pub samples: Vec<Sample>,
    /// When there were samples of all fleets together, for a fleet whose own have gaps.
    pub others: Vec<i64>,
}

/// A sample is on its way when collecting began no longer ago than this, in seconds.
const SOON: i64 = 180;

impl Story {
    fn ats(&self) -> Vec<i64> {
        self.samples.iter().map(|s| s.at).collect()
    }

    /// Where nothing is known; not what lies before the first sample ever.
    pub fn gaps(&self) -> Vec<Gap> {
        let ats = self.ats();
        let mut all = gaps(&ats, &holds(&ats, self.range.step(), self.to), self.from, self.to);
        if let Some(since) = self.since {
            all.retain(|gap| gap.to > since);
        }
        // The range seldom begins where a bucket does.
        all.retain(|gap| gap.from > self.from || gap.to - gap.from > self.range.step().max(PATIENCE));
        all
    }

    /// What stands in the chart's place while there is too little to draw.
    fn notice(&self) -> Option<String> {
        let soon = self.samples.len() < 2 && self.since.is_none_or(|since| since > self.to - SOON);
        soon.then(|| {
            let since = self.range.moment(self.since.unwrap_or(self.to));
            format!("Collecting since {since}; the first points appear within two minutes.")
        })
    }

    /// A chart of `numbers`, one list of them for each sample.
    fn chart(&self, labels: &[&str], numbers: Vec<Vec<Option<i32>>>, summary: String, gaps: Vec<String>, draw: &Picture) -> ChartView {
        let notice = self.notice();
        let summary = [summary, gaps.join(" ")].iter().filter(|s| !s.is_empty()).cloned().collect::<Vec<_>>().join(" ");
        let plot = |narrow| if notice.is_some() { Plot::default() } else { draw.plot(narrow, &summary) };
        ChartView {
            wide: plot(false),
            narrow: plot(true),
            range: self.range,
            from: self.from,
            to: self.to,
            top: draw.top(),
            labels: labels.iter().map(|l| (*l).to_owned()).collect(),
            points: self.ats().into_iter().zip(numbers).collect(),
            summary,
            notice,
            gaps,
        }
    }

    fn picture(&self, bands: Vec<Band>, lines: Vec<Line>, limit: Option<i32>) -> Picture {
        let ats = self.ats();
        let holds = holds(&ats, self.range.step(), self.to);
        Picture { range: self.range, from: self.from, to: self.to, ats, holds, bands, lines, limit }
    }
}

/// Seats of a fleet over time: in use, free and pending one upon the other, desired and maximum as lines.
pub fn capacity(story: &Story, fleet: &str) -> ChartView {
    let of = |value: fn(&Sample) -> i32| story.samples.iter().map(value).collect::<Vec<_>>();
    let zero = vec![0; story.samples.len()];
    let free = of(|s| s.in_use + s.available);
    let bands = vec![
        Band { look: r#"class="c-free""#, low: zero.clone(), high: free.clone() },
        Band { look: r#"fill="url(#hatch)""#, low: free, high: of(|s| s.in_use + s.available + s.pending) },
        Band { look: r#"class="c-use""#, low: zero, high: of(|s| s.in_use) },
    ];
    let lines = vec![
        Line { class: "c-ref", values: story.samples.iter().map(|s| Some(s.max)).collect() },
        Line { class: "c-des", values: story.samples.iter().map(|s| s.desired).collect() },
    ];
    let numbers = |s: &Sample| vec![Some(s.in_use), Some(s.available), Some(s.pending), s.desired, Some(s.max)];
    let picture = story.picture(bands, lines, story.samples.last().map(|s| s.max));
    story.chart(
        &["In use", "Free", "Pending", "Desired", "Maximum"],
        story.samples.iter().map(numbers).collect(),
        words::capacity(story, fleet),
        words::gaps(story, &[]),
        &picture,
    )
}

/// Sessions at once: those whose user is there, and all. What could not be read is a gap.
pub fn concurrency(story: &Story, fleet: &str) -> ChartView {
    let (known, unread): (Vec<Sample>, Vec<Sample>) = story.samples.iter().copied().partition(|s| s.sessions.is_some());
    let story = Story { samples: known, ..story.clone() };
    let of = |value: fn(&Sample) -> Option<i32>| story.samples.iter().map(|s| value(s).unwrap_or_default()).collect::<Vec<_>>();
    let zero = vec![0; story.samples.len()];
    let bands = vec![
        Band { look: r#"class="c-free""#, low: zero.clone(), high: of(|s| s.sessions) },
        Band { look: r#"class="c-use""#, low: zero, high: of(|s| s.connected) },
    ];
    let picture = story.picture(bands, vec![], None);
    let unread: Vec<i64> = unread.iter().map(|s| s.at).collect();
    story.chart(
        &["Connected", "All sessions"],
        story.samples.iter().map(|s| vec![s.connected, s.sessions]).collect(),
        words::concurrency(&story, fleet),
        words::gaps(&story, &unread),
        &picture,
    )
}

#[cfg(test)]
mod tests;
