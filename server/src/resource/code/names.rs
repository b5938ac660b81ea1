//! Names as each language spells them.

/// An operation or member as the AWS CLI, boto3 and Terraform spell it, with `by` between its words: `CreateStreamingURL` is
/// `create-streaming-url`, `DisableIMDSV1` is `disable-imdsv1`.
pub fn spelt(name: &str, by: char) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, c) in letters.iter().enumerate() {
        let lower_before = i > 0 && (letters[i - 1].is_ascii_lowercase() || letters[i - 1].is_ascii_digit());
        let word_after = i > 0 && letters[i - 1].is_ascii_uppercase() && letters.get(i + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (lower_before || word_after) && !out.ends_with(by) {
            out.push(by);
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The words of names, of whatever else they are made: letters and digits of ASCII.
fn words(names: &[String]) -> impl Iterator<Item = &str> {
    names.iter().flat_map(|n| n.split(|c: char| !c.is_ascii_alphanumeric())).filter(|w| !w.is_empty())
}

/// A name of a block in Terraform: `training_lab`. It begins with a letter or an underscore.
pub fn label(names: &[String]) -> String {
    let joined = words(names).collect::<Vec<_>>().join("_").to_lowercase();
    if joined.is_empty() {
        "this".to_owned()
    } else if joined.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{joined}")
    } else {
        joined
    }
}

/// A logical id in CloudFormation: `TrainingLab`. Letters and digits, 255 at most.
pub fn logical(names: &[String]) -> String {
    let mut out = String::new();
    for word in words(names) {
        let mut letters = word.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out.truncate(240);
    if out.is_empty() { "Resource".to_owned() } else { out }
}

/// `name`, or with a number when it is `taken`.
pub fn unique(name: String, taken: &mut Vec<String>) -> String {
    let free = |n: &String| !taken.contains(n);
    let found = std::iter::once(name.clone()).chain((2..).map(|i| format!("{name}{i}"))).find(free).unwrap_or(name);
    taken.push(found.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelt_as_each_tool_spells_them() {
        for (name, want) in [
            ("CreateStreamingURL", "create-streaming-url"),
            ("CreateAppBlockBuilderStreamingURL", "create-app-block-builder-streaming-url"),
            ("RedirectURL", "redirect-url"),
            ("SessionScriptS3Location", "session-script-s3-location"),
            ("existingImageName", "existing-image-name"),
            ("DisableIMDSV1", "disable-imdsv1"),
        ] {
            assert_eq!(spelt(name, '-'), want);
        }
        for (name, label_of, id) in [
            ("training-lab", "training_lab", "TrainingLab"),
            ("ana@example.com", "ana_example_com", "AnaExampleCom"),
            ("2fast", "_2fast", "2fast"),
            ("Größe", "gr_e", "GrE"),
            ("\"${}\n", "this", "Resource"),
        ] {
            assert_eq!((label(&[name.to_owned()]), logical(&[name.to_owned()])), (label_of.to_owned(), id.to_owned()));
        }
        let mut taken = vec![];
        let given: Vec<String> = (0..3).map(|_| unique("A".to_owned(), &mut taken)).collect();
        assert_eq!(given, ["A", "A2", "A3"]);
    }
}
