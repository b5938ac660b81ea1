//! What the reason codes of failed images mean and what to do. Source: behaviour notes 3.5.2, read 2026-11-24. The list is open.

use crate::fleet_error::{Explained, Gravity};

const fn e(code: &'static str, effect: &'static str, meaning: &'static str, steps: &'static [&'static str]) -> Explained {
    Explained { code, effect, meaning, steps, gravity: Gravity::Fault }
}

/// All codes that the model names for images.
pub const EXPLAINED: &[Explained] = &[
    e(
        "INTERNAL_ERROR",
        "failed inside AWS",
        "AWS failed at its own work; nothing of yours is wrong.",
        &["Delete this image and begin again.", "If it fails once more, open a case with AWS and name the image’s ARN."],
    ),
    e(
        "IMAGE_BUILDER_NOT_AVAILABLE",
        "lost its image builder",
        "The image builder was gone before the image was captured.",
        &["Start the image builder, or make another.", "Create the image in it again."],
    ),
    e(
        "IMAGE_COPY_FAILURE",
        "was not copied",
        "The copy to this Region did not finish.",
        &["Delete this image.", "Copy the source again; look at the image quota of the destination if it fails once more."],
    ),
    e(
        "IMAGE_UPDATE_FAILURE",
        "was not updated",
        "AWS could not make a newer image of it. The source is unchanged, and fleets still use it.",
        &[
            "Delete this image.",
            "Check the source for updates; if it cannot be updated, start an image builder from it or from a newer base image.",
        ],
    ),
    e(
        "IMAGE_IMPORT_FAILURE",
        "was not imported",
        "AWS could not make an image of the machine image.",
        &[
            "Look at AWS’s sentence: the machine image must be unencrypted, of Windows Server Full Base, UEFI with TPM 2.0.",
            "Delete this image, correct the machine image, and import it again.",
        ],
    ),
];

/// What a reason code means, if it is known.
pub fn explain(code: &str) -> Option<&'static Explained> {
    EXPLAINED.iter().find(|e| e.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_model_is_explained() {
        let Some(crate::constraints::Shape::Text(codes)) = crate::constraints::shape("ImageStateChangeReasonCode") else {
            panic!("the model has reason codes of images")
        };
        for code in codes.values {
            let found = explain(code).unwrap_or_else(|| panic!("{code} is not explained"));
            assert!(found.meaning.ends_with('.') && !found.steps.is_empty() && found.steps.iter().all(|s| s.ends_with('.')), "{code}");
        }
    }
}
