//! What a job sends for many users or fleets, and whether AWS shows that it was done.

use super::Catalogue;
use super::users::{POOL, association, batch, creation};
use app::resources::Many;
use async_trait::async_trait;
use domain::failure::Failure;
use domain::job::{Item, MOST_UNCLEAR, Subject, Verdict, Work, verdict};
use domain::pool::{Bulk, Ready};
use serde_json::{Value, json};

impl Catalogue {
    /// Assigns or unassigns in one call; what came of each.
    async fn pair(&self, work: &Work, pairs: &[(&str, &str)]) -> Vec<Result<String, Failure>> {
        let (assign, tell) = match work {
            Work::Users { what, tell } => (*what == Bulk::Assign, *tell),
            Work::Import { tell, .. } => (true, *tell),
            _ => (true, false),
        };
        let items: Vec<Value> = pairs.iter().map(|(user, stack)| association(user, stack, tell && assign)).collect();
        let answer = match self.sdk.invoke(batch(assign), &json!({"UserStackAssociations": items}), "stack", "").await {
            Ok(answer) => answer,
            // One of them spoils the call: each is asked for alone.
            Err(failure) if pairs.len() > 1 && verdict(&failure, MOST_UNCLEAR) == Verdict::Refused => {
                let mut each = vec![];
                for pair in pairs {
                    each.extend(Box::pin(self.pair(work, std::slice::from_ref(pair))).await);
                }
                return each;
            }
            Err(failure) => return vec![Err(failure); pairs.len()],
        };
        // Errors of single rows come with a 200.
        let refused = |user: &str, stack: &str| {
            let mine = |e: &&Value| e["UserStackAssociation"]["UserName"] == user && e["UserStackAssociation"]["StackName"] == stack;
            answer["errors"].as_array().into_iter().flatten().find(mine)
        };
        let told = |(user, stack): &(&str, &str)| match refused(user, stack) {
            None => Ok(String::new()),
            Some(error) => {
                let code = error["ErrorCode"].as_str().unwrap_or_default();
                match code {
                    // AWS does not know yet whom it has just made.
                    "USER_NAME_NOT_FOUND" if matches!(work, Work::Import { .. }) => {
                        Err(Failure::Settling { noun: "user".into(), name: (*user).to_owned() })
                    }
                    _ => Err(Failure::Upstream {
                        code: code.to_owned(),
                        message: error["ErrorMessage"].as_str().unwrap_or_default().to_owned(),
                        request_id: None,
                    }),
                }
            }
        };
        pairs.iter().map(told).collect()
    }

    /// Does one thing after the other.
    async fn each(&self, work: &Work, items: &[Item]) -> Vec<Result<String, Failure>> {
        let mut done = vec![];
        for item in items {
            let (operation, input, told) = match (&item.subject, work) {
                (Subject::Person { user, first, last }, Work::Import { mail, .. }) => {
                    let told = if *mail { "Created; AWS mails the invitation." } else { "Created, without a mail." };
                    ("CreateUser", creation(user, first, last, *mail), told)
                }
                (Subject::User { user }, Work::Users { what, .. }) => {
                    let operation = if *what == Bulk::Enable { "EnableUser" } else { "DisableUser" };
                    (operation, json!({"UserName": user, "AuthenticationType": POOL}), "")
                }
                (Subject::Fleet { fleet, image, .. }, Work::Rollout { .. }) => {
                    ("UpdateFleet", json!({"Name": fleet, "ImageName": image}), "")
                }
                (subject, _) => {
                    let message = format!("The job has {} in it, which does not belong there.", subject.target());
                    done.push(Err(Failure::Internal { message }));
                    continue;
                }
            };
            let noun = if operation == "UpdateFleet" { "fleet" } else { "user" };
            let answer = self.sdk.invoke(operation, &input, noun, item.subject.label()).await;
            done.push(answer.map(|_| told.to_owned()));
        }
        done
    }

    /// The users of the pool, asked anew.
    async fn users(&self) -> Result<Vec<Value>, Failure> {
        self.forget();
        Ok(self.all("DescribeUsers", "Users", &json!({"AuthenticationType": POOL}), "user").await?.0.to_vec())
    }
}

#[async_trait]
impl Many for Catalogue {
    async fn import(&self, text: &str, mail: bool, tell: bool, anew: bool) -> Result<Ready, Failure> {
        self.check_import(text, mail, tell, anew).await
    }

    async fn bulk(&self, what: Bulk, users: &str, stacks: &[String], tell: bool, anew: bool) -> Result<Ready, Failure> {
        self.check_bulk(what, users, stacks, tell, anew).await
    }

    async fn images(&self) -> Result<Vec<(String, String)>, Failure> {
        self.rollout_images().await
    }

    async fn rollout(&self, image: &str, fleets: &[String], soak: &str, anew: bool) -> Result<Ready, Failure> {
        self.check_rollout(image, fleets, soak, anew).await
    }

    async fn carry(&self, work: &Work, items: &[Item]) -> Vec<Result<String, Failure>> {
        let pairs: Vec<(&str, &str)> = items
            .iter()
            .filter_map(|item| match &item.subject {
                Subject::Assignment { user, stack } => Some((user.as_str(), stack.as_str())),
                _ => None,
            })
            .collect();
        let done = if pairs.len() == items.len() { self.pair(work, &pairs).await } else { self.each(work, items).await };
        self.forget();
        done
    }

    async fn is_done(&self, work: &Work, subject: &Subject) -> Result<bool, Failure> {
        match subject {
            Subject::Person { user, .. } => Ok(self.users().await?.iter().any(|u| u["UserName"] == *user)),
            Subject::User { user } => {
                let wanted = matches!(work, Work::Users { what: Bulk::Enable, .. });
                Ok(self.users().await?.iter().any(|u| u["UserName"] == *user && u["Enabled"] == wanted))
            }
            Subject::Assignment { user, stack } => {
                let input = json!({"UserName": user, "StackName": stack, "AuthenticationType": POOL});
                self.forget();
                let there = !self.all("DescribeUserStackAssociations", "UserStackAssociations", &input, "user").await?.0.is_empty();
                Ok(there != matches!(work, Work::Users { what: Bulk::Unassign, .. }))
            }
            Subject::Fleet { fleet, image, .. } => {
                self.forget();
                let (fleets, _) = self.all("DescribeFleets", "Fleets", &json!({"Names": [fleet]}), "fleet").await?;
                Ok(fleets.iter().any(|f| f["ImageName"] == *image))
            }
            Subject::Session { .. } => Ok(false),
        }
    }
}
