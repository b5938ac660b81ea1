//! The picture. Colours are the style's classes; the page's policy forbids style attributes.

use super::scale::{moments, numbers};
use domain::history::{Plot, Range};
use domain::time::Millis;
use std::fmt::Write as _;

/// A stratum between two numbers of each sample.
#[derive(Clone, Debug)]
pub struct Band {
    /// The attribute that colours it.
    pub look: &'static str,
    /// Its lower edge.
    pub low: Vec<i32>,
    /// Its upper edge.
    pub high: Vec<i32>,
}

/// A line of steps; it breaks where there is no number.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its class.
    pub class: &'static str,
    /// The number of each sample.
    pub values: Vec<Option<i32>>,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The range.
    pub range: Range,
    /// Its first second.
    pub from: i64,
    /// Its last: now.
    pub to: i64,
    /// Where the bucket of each sample begins.
    pub ats: Vec<i64>,
    /// Up to when it holds.
    pub holds: Vec<i64>,
    /// Strata, those below first.
    pub bands: Vec<Band>,
    /// Lines above them.
    pub lines: Vec<Line>,
    /// The newest maximum, which is named at the edge.
    pub limit: Option<i32>,
}

/// A gap is labelled when it is at least as wide.
const LABELLED: f64 = 52.0;

/// Escapes text for an attribute or an element.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A coordinate with at most one decimal.
fn n(x: f64) -> String {
    let text = format!("{x:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

impl Picture {
    /// The number at the plot's upper edge.
    pub fn top(&self) -> i32 {
        let bands = self.bands.iter().flat_map(|b| b.high.iter().copied());
        let lines = self.lines.iter().flat_map(|l| l.values.iter().copied().flatten());
        bands.chain(lines).chain(self.limit).max().unwrap_or_default().max(1)
    }

    /// The picture with `summary` as its text alternative.
    pub fn plot(&self, narrow: bool, summary: &str) -> Plot {
        let labels = i32::try_from(self.top().to_string().len()).unwrap_or(10);
        let left = 13 + 7 * labels;
        // A number at the right edge needs room only where one is named there.
        let right = if self.limit.is_some() { 848 - 15 - 8 * (labels + 4) } else { 848 };
        let mut plot = if narrow {
            Plot { svg: String::new(), width: 358, height: 192, left, right: 354, top: 34, bottom: 170 }
        } else {
            Plot { svg: String::new(), width: 848, height: 272, left, right, top: 24, bottom: 250 }
        };
        plot.svg = self.svg(&plot, narrow, summary);
        plot
    }

    fn x(&self, plot: &Plot, at: i64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "seconds of a month")]
        let part = (at.clamp(self.from, self.to) - self.from) as f64 / (self.to - self.from).max(1) as f64;
        f64::from(plot.left) + part * f64::from(plot.right - plot.left)
    }

    fn y(&self, plot: &Plot, value: i32) -> f64 {
        f64::from(plot.bottom) - f64::from(value) / f64::from(self.top()) * f64::from(plot.bottom - plot.top)
    }

    /// Samples that follow one another without a gap, as ranges of places.
    fn runs(&self) -> Vec<std::ops::Range<usize>> {
        let ends = (1..=self.ats.len()).filter(|i| self.ats.get(*i) != Some(&self.holds[i - 1]));
        let mut begin = 0;
        ends.map(|end| std::mem::replace(&mut begin, end)..end).collect()
    }

    /// Steps from the first to the last place of `run`, without its first move.
    fn steps(&self, plot: &Plot, run: std::ops::Range<usize>, value: impl Fn(usize) -> i32) -> String {
        let mut d = String::new();
        for i in run.clone() {
            if i > run.start && value(i) != value(i - 1) {
                let _ = write!(d, "V{}", n(self.y(plot, value(i))));
            }
            // Equal neighbours are one step.
            if i + 1 == run.end || value(i + 1) != value(i) {
                let _ = write!(d, "H{}", n(self.x(plot, self.holds[i])));
            }
        }
        d
    }

    fn band(&self, plot: &Plot, band: &Band) -> String {
        let mut d = String::new();
        for run in self.runs() {
            let _ = write!(d, "M{} {}", n(self.x(plot, self.ats[run.start])), n(self.y(plot, band.high[run.start])));
            d.push_str(&self.steps(plot, run.clone(), |i| band.high[i]));
            // Back along the lower edge.
            let _ = write!(d, "V{}", n(self.y(plot, band.low[run.end - 1])));
            for i in run.clone().rev() {
                if i == run.start || band.low[i - 1] != band.low[i] {
                    let _ = write!(d, "H{}", n(self.x(plot, self.ats[i])));
                }
                if i > run.start && band.low[i - 1] != band.low[i] {
                    let _ = write!(d, "V{}", n(self.y(plot, band.low[i - 1])));
                }
            }
            d.push('Z');
        }
        if band.high == band.low { String::new() } else { format!("<path {} d=\"{d}\"/>", band.look) }
    }

    fn line(&self, plot: &Plot, line: &Line) -> String {
        let mut d = String::new();
        for run in self.runs() {
            let mut at = run.start;
            while at < run.end {
                let end = (at..run.end).find(|i| line.values[*i].is_none()).unwrap_or(run.end);
                if at < end {
                    let value = |i: usize| line.values[i].unwrap_or_default();
                    let _ = write!(d, "M{} {}", n(self.x(plot, self.ats[at])), n(self.y(plot, value(at))));
                    d.push_str(&self.steps(plot, at..end, value));
                }
                at = end + 1;
            }
        }
        if d.is_empty() { d } else { format!("<path class=\"{}\" d=\"{d}\"/>", line.class) }
    }

    fn svg(&self, plot: &Plot, narrow: bool, summary: &str) -> String {
        let (left, right, bottom) = (plot.left, plot.right, plot.bottom);
        let mut svg =
            format!("<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", plot.width, plot.height, escape(summary));
        for value in numbers(self.top(), if narrow { 3 } else { 4 }) {
            let y = self.y(plot, value);
            let _ = write!(
                svg,
                "<path class=\"c-grid\" d=\"M{left} {0}H{right}\"/><text x=\"{1}\" y=\"{2}\" text-anchor=\"end\">{value}</text>",
                n(y),
                left - 7,
                n(y + 4.0)
            );
        }
        self.bands.iter().for_each(|band| svg.push_str(&self.band(plot, band)));
        self.lines.iter().for_each(|line| svg.push_str(&self.line(plot, line)));
        for gap in domain::history::series::gaps(&self.ats, &self.holds, self.from, self.to) {
            let (x1, x2) = (self.x(plot, gap.from), self.x(plot, gap.to));
            if x2 - x1 >= LABELLED {
                let y = f64::from(plot.top + plot.bottom) / 2.0;
                let _ = write!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">no data</text>", n((x1 + x2) / 2.0), n(y));
            }
        }
        if let Some(limit) = self.limit {
            let y = self.y(plot, limit);
            let (x, y, anchor) = if narrow { (right - 4, y - 6.0, " text-anchor=\"end\"") } else { (right + 8, y + 4.0, "") };
            let _ = write!(svg, "<text x=\"{x}\" y=\"{}\" class=\"strong\"{anchor}>max {limit}</text>", n(y));
        }
        // The last label is now; those that would run into it stay away.
        let room = if narrow { 56.0 } else { 88.0 };
        for moment in moments(self.range, self.from, self.to, narrow) {
            let x = self.x(plot, moment.at);
            let _ = write!(svg, "<path class=\"c-grid\" d=\"M{} {bottom}v4\"/>", n(x));
            if x < f64::from(right) - room {
                let class = if moment.day { " class=\"strong\"" } else { "" };
                // At the left edge it may not run out of the picture.
                let anchor = if x < 20.0 { "start" } else { "middle" };
                let _ = write!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\"{class}>{}</text>", n(x), bottom + 17, moment.label);
            }
        }
        let now = Millis::from_seconds(self.to).hour_minute();
        let word = if narrow { "" } else { "now " };
        let _ = write!(svg, "<text x=\"{right}\" y=\"{}\" text-anchor=\"end\" class=\"strong\">{word}{now}</text></svg>", bottom + 17);
        svg
    }
}
