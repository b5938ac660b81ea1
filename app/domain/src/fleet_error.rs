//! What each code of FleetErrors means and what to do. Source: behaviour notes 5.5 (guide and model), read 2026-11-24. The list is
//! open: a code that is not here is shown as AWS sent it, with AWS's own sentence.

/// How bad an error is for the people who stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Capacity is short or will be; sessions still start.
    Warning,
    /// The fleet does not start, or nobody can come in.
    Fault,
}

/// Cause and remedy of one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The API's code.
    pub code: &'static str,
    /// What it does to the fleet, after its name: “cannot join its domain”.
    pub effect: &'static str,
    /// What it means; one sentence or two.
    pub meaning: &'static str,
    /// What to do, in order.
    pub steps: &'static [&'static str],
    /// How bad it is.
    pub gravity: Gravity,
}

const fn e(code: &'static str, gravity: Gravity, effect: &'static str, meaning: &'static str, steps: &'static [&'static str]) -> Explained {
    Explained { code, effect, meaning, steps, gravity }
}

use Gravity::{Fault, Warning};

const REATTACH: &[&str] = &[
    "Attach the managed policy AmazonAppStreamServiceAccess to the service role again.",
    "Check permission boundaries and organisation policies for a denial.",
    "Start the fleet again.",
];
const OU: &[&str] = &[
    "Correct the organisational unit in the directory config; it begins with “OU=”.",
    "Stop the fleet, set the domain join anew, start it.",
];

/// All codes that the model names for fleets.
pub const EXPLAINED: &[Explained] = &[
    e(
        "IAM_SERVICE_ROLE_IS_MISSING",
        Fault,
        "has no service role",
        "AppStream’s service role is not in this account, so no instance can be made.",
        &["Create or restore the role AmazonAppStreamServiceAccess.", "Start the fleet again."],
    ),
    e(
        "IAM_SERVICE_ROLE_MISSING_ENI_DESCRIBE_ACTION",
        Fault,
        "may not list network interfaces",
        "The service role lacks the right to list network interfaces.",
        REATTACH,
    ),
    e(
        "IAM_SERVICE_ROLE_MISSING_ENI_CREATE_ACTION",
        Fault,
        "may not create network interfaces",
        "The service role lacks the right to create network interfaces, so no instance can be made.",
        REATTACH,
    ),
    e(
        "IAM_SERVICE_ROLE_MISSING_ENI_DELETE_ACTION",
        Warning,
        "may not delete network interfaces",
        "The service role lacks the right to delete network interfaces; they pile up and use addresses.",
        &[
            "Attach the managed policy AmazonAppStreamServiceAccess to the service role again.",
            "Remove the stray network interfaces from the subnets.",
        ],
    ),
    e(
        "IAM_SERVICE_ROLE_MISSING_DESCRIBE_SUBNET_ACTION",
        Fault,
        "may not read its subnets",
        "The service role lacks the right to read subnets.",
        REATTACH,
    ),
    e(
        "IAM_SERVICE_ROLE_MISSING_DESCRIBE_SECURITY_GROUPS_ACTION",
        Fault,
        "may not read its security groups",
        "The service role lacks the right to read security groups.",
        REATTACH,
    ),
    e(
        "MACHINE_ROLE_IS_MISSING",
        Fault,
        "has lost its instance role",
        "The IAM role that the fleet gives to its instances no longer exists.",
        &["Stop the fleet.", "Set another role, or clear it.", "Start the fleet."],
    ),
    e(
        "STS_DISABLED_IN_REGION",
        Fault,
        "cannot get credentials",
        "The token service is switched off for this Region.",
        &["Activate STS for the Region in the account settings.", "Start the fleet again."],
    ),
    e(
        "NETWORK_INTERFACE_LIMIT_EXCEEDED",
        Warning,
        "cannot add instances",
        "The VPC’s or the account’s limit on network interfaces is reached.",
        &["Ask for a higher EC2 quota on network interfaces.", "Until then lower the capacity, or free interfaces that nothing uses."],
    ),
    e(
        "SUBNET_HAS_INSUFFICIENT_IP_ADDRESSES",
        Warning,
        "cannot grow: its subnets are full",
        "A subnet has no free address left; every instance takes one.",
        &["Stop the fleet, then give it larger or more subnets.", "Until then lower the capacity."],
    ),
    e(
        "SUBNET_NOT_FOUND",
        Fault,
        "has lost a subnet",
        "A subnet of the fleet was deleted or belongs to another account. The start never ends by itself.",
        &["Stop the fleet.", "Set existing subnets.", "Start the fleet."],
    ),
    e(
        "INVALID_SUBNET_CONFIGURATION",
        Fault,
        "has unfit subnets",
        "The subnets are in an unfit zone or different VPCs, or an Elastic fleet has only one zone.",
        &["Stop the fleet.", "Choose subnets of one VPC; for an Elastic fleet in two zones.", "Start the fleet."],
    ),
    e(
        "SECURITY_GROUPS_NOT_FOUND",
        Fault,
        "has lost a security group",
        "A security group was deleted or belongs to another VPC than the subnets.",
        &["Stop the fleet.", "Correct the security groups, or clear them to use the VPC’s default.", "Start the fleet."],
    ),
    e(
        "IGW_NOT_ATTACHED",
        Fault,
        "has no way to the internet",
        "Default internet access is on, but the VPC has no internet gateway.",
        &["Attach an internet gateway and a route to it.", "Or stop the fleet, switch default internet access off, and use a NAT gateway."],
    ),
    e(
        "IMAGE_NOT_FOUND",
        Fault,
        "has lost its image",
        "The image was deleted or is no longer shared. Instances that end are not replaced.",
        &["Set another image; a running fleet takes one of the same operating system."],
    ),
    e(
        "INTERNAL_SERVICE_ERROR",
        Warning,
        "reports a service error",
        "AppStream had an internal error. With Active Directory: a computer object was deleted or disabled. With an image update: the source image is in trouble.",
        &[
            "Read AWS’s sentence below.",
            "With Active Directory, enable or reset the computer object and start again.",
            "Otherwise try again later, then open a support case with the fleet’s ARN.",
        ],
    ),
    e(
        "FLEET_STOPPED",
        Fault,
        "was stopped by AWS",
        "The service stopped the fleet, or a request met a stopped fleet.",
        &["Read AWS’s sentence below and remove the cause.", "Start the fleet."],
    ),
    e(
        "FLEET_INSTANCE_PROVISIONING_FAILURE",
        Warning,
        "cannot get instances",
        "Instances could not be made: the zone is out of capacity, or the image or its drivers do not boot.",
        &["Add subnets in other zones.", "Try another instance type of the family.", "Test the image in an image builder."],
    ),
    e("DOMAIN_JOIN_ERROR_FILE_NOT_FOUND", Fault, "cannot join its domain", "The organisational unit was not found.", OU),
    e(
        "DOMAIN_JOIN_ERROR_ACCESS_DENIED",
        Fault,
        "cannot join its domain",
        "The service account may not create or reuse the computer object.",
        &["Grant it the right to create computer objects in the organisational unit.", "Start the fleet again."],
    ),
    e(
        "DOMAIN_JOIN_ERROR_LOGON_FAILURE",
        Fault,
        "cannot join its domain",
        "The service account’s name or password is wrong.",
        &["Correct both in the directory config.", "Create the fleet anew: it keeps the old password."],
    ),
    e(
        "DOMAIN_JOIN_NERR_PASSWORD_EXPIRED",
        Fault,
        "cannot join its domain",
        "The service account’s password has expired.",
        &["Change the password in the directory, and in the directory config.", "Create the fleet anew: it keeps the old password."],
    ),
    e("DOMAIN_JOIN_ERROR_INVALID_PARAMETER", Fault, "cannot join its domain", "The organisational unit’s name is not accepted.", OU),
    e("DOMAIN_JOIN_ERROR_MORE_DATA", Fault, "cannot join its domain", "The organisational unit’s name is not accepted.", OU),
    e(
        "DOMAIN_JOIN_ERROR_NO_SUCH_DOMAIN",
        Fault,
        "cannot reach its domain",
        "The domain cannot be reached from the fleet’s subnets.",
        &[
            "Check the VPC’s DNS servers (DHCP options).",
            "Check security groups and the ports of Active Directory.",
            "Start the fleet again.",
        ],
    ),
    e(
        "DOMAIN_JOIN_ERROR_NOT_SUPPORTED",
        Fault,
        "cannot join its domain",
        "The directory does not support this kind of join.",
        &["Open a support case with the fleet’s ARN."],
    ),
    e(
        "DOMAIN_JOIN_NERR_INVALID_WORKGROUP_NAME",
        Fault,
        "cannot join its domain",
        "The directory’s name is not acceptable.",
        &["Use the fully qualified domain name in the directory config.", "Stop the fleet, set the domain join anew, start it."],
    ),
    e(
        "DOMAIN_JOIN_NERR_WORKSTATION_NOT_STARTED",
        Fault,
        "cannot join its domain",
        "The Workstation service is switched off in the image.",
        &["Enable the service in an image builder and make a new image.", "Set that image, start the fleet."],
    ),
    e(
        "DOMAIN_JOIN_ERROR_DS_MACHINE_ACCOUNT_QUOTA_EXCEEDED",
        Fault,
        "cannot join its domain",
        "The service account has used up the number of computers it may add.",
        &["Grant it the right to create computer objects in the organisational unit.", "Start the fleet again."],
    ),
    e(
        "DOMAIN_JOIN_INTERNAL_SERVICE_ERROR",
        Fault,
        "cannot join its domain",
        "A computer object exists that the service account may not reuse, or it was moved to another organisational unit, or the unit’s name has blanks.",
        &[
            "Grant the right to reuse it, or move it back.",
            "For blanks: stop the fleet, clear the domain join, correct the directory config, set it again, start.",
        ],
    ),
    e(
        "VALIDATION_ERROR",
        Fault,
        "has a refused configuration",
        "The configuration was refused while instances were made.",
        &["Read AWS’s sentence below and correct what it names."],
    ),
    e(
        "USER_PROFILE_MOUNTING_FAILURE",
        Warning,
        "cannot mount user profiles",
        "A user’s settings could not be mounted when a session began.",
        &["Check the settings bucket and its policy."],
    ),
    e(
        "USER_PROFILE_DOWNLOADING_FAILURE",
        Warning,
        "cannot load user profiles",
        "A user’s settings could not be downloaded when a session began.",
        &["Check the settings bucket and its policy."],
    ),
    e(
        "HOME_FOLDER_MOUNTING_FAILURE",
        Warning,
        "cannot mount home folders",
        "A user’s home folder could not be mounted when a session began.",
        &["Check the home folder bucket and its policy."],
    ),
];

/// The explanation of `code`, if it is known.
pub fn explain(code: &str) -> Option<&'static Explained> {
    EXPLAINED.iter().find(|e| e.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_model_is_explained() {
        let Some(crate::constraints::Shape::Text(codes)) = crate::constraints::shape("FleetErrorCode") else {
            panic!("the model has fleet error codes")
        };
        assert!(codes.values.len() > 25);
        for code in codes.values {
            let found = explain(code).unwrap_or_else(|| panic!("{code} is not explained"));
            assert!(found.meaning.ends_with('.') && !found.steps.is_empty() && found.steps.iter().all(|s| s.ends_with('.')), "{code}");
        }
    }
}
