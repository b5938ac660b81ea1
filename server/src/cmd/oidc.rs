//! The flags of single sign-on.

use super::Hidden;
use crate::door::oidc::{Provider, Settings};
use crate::gateway::client;
use clap::Args;
use domain::role::Role;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};
use std::path::PathBuf;

/// Single sign-on by OpenID Connect.
#[derive(Args, Debug)]
#[command(next_help_heading = "Single sign-on")]
pub struct Oidc {
    /// Issuer of the OpenID Connect provider, as it writes it itself
    #[arg(long, env = "APPSTREAM_CONSOLE_OIDC_ISSUER", requires_all = ["oidc_client_id", "public_url", "oidc_role"])]
    oidc_issuer: Option<String>,
    /// What the console is called at the provider
    #[arg(long, env = "APPSTREAM_CONSOLE_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    oidc_client_id: Option<String>,
    /// File with the client's secret; without one the client is public
    #[arg(long, env = "APPSTREAM_CONSOLE_OIDC_CLIENT_SECRET_FILE", requires = "oidc_issuer")]
    oidc_client_secret_file: Option<PathBuf>,
    /// The client's secret, by environment only
    #[arg(
        long,
        env = "APPSTREAM_CONSOLE_OIDC_CLIENT_SECRET",
        hide_env_values = true,
        hide = true,
        conflicts_with = "oidc_client_secret_file"
    )]
    oidc_client_secret: Option<Hidden>,
    /// What is asked for beside openid
    #[arg(long, env = "APPSTREAM_CONSOLE_OIDC_SCOPES", value_delimiter = ',', default_value = "profile,email")]
    oidc_scopes: Vec<String>,
    /// The claim that has the groups
    #[arg(long, env = "APPSTREAM_CONSOLE_OIDC_GROUP_CLAIM", default_value = "groups")]
    oidc_group_claim: String,
    /// What a group may do, such as administrator=console-admins; several by comma. The greatest role counts
    #[arg(long, env = "APPSTREAM_CONSOLE_OIDC_ROLE", value_name = "ROLE=GROUP", value_delimiter = ',', value_parser = role)]
    oidc_role: Vec<(Role, String)>,
    /// Words of the button on the sign-in page
    #[arg(long, env = "APPSTREAM_CONSOLE_OIDC_LABEL", default_value = "Single sign-on")]
    oidc_label: String,
    /// Where browsers reach the console, such as https://console.example.com: the provider sends people back there
    #[arg(long, env = "APPSTREAM_CONSOLE_PUBLIC_URL")]
    public_url: Option<String>,
}

fn role(text: &str) -> Result<(Role, String), String> {
    let (role, group) = text.split_once('=').ok_or("give ROLE=GROUP, such as administrator=console-admins")?;
    let role = Role::parse(role.trim()).ok_or_else(|| format!("a role is one of {}", Role::ALL.map(Role::slug).join(", ")))?;
    if group.trim().is_empty() { Err("name a group after the =".to_owned()) } else { Ok((role, group.trim().to_owned())) }
}

/// TLS, or this machine.
fn is_safe(url: &str) -> bool {
    let rest = url.strip_prefix("http://").map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    url.starts_with("https://") || rest.is_some_and(|host| matches!(host, "localhost" | "127.0.0.1"))
}

impl Oidc {
    /// The provider, if there is one. The error is a sentence.
    pub fn provider(&self) -> Result<Option<Provider>, String> {
        let (Some(issuer), Some(client_id), Some(public)) = (&self.oidc_issuer, &self.oidc_client_id, &self.public_url) else {
            return Ok(None);
        };
        for (flag, url) in [("--oidc-issuer", issuer), ("--public-url", public)] {
            if !is_safe(url) {
                return Err(format!("{flag} {url} would send secrets in the clear. Give a URL that begins with https://."));
            }
        }
        let secret = match (&self.oidc_client_secret, &self.oidc_client_secret_file) {
            (Some(secret), _) => Some(secret.reveal().to_owned()),
            (None, Some(file)) => {
                let read = std::fs::read_to_string(file);
                Some(read.map_err(|e| format!("--oidc-client-secret-file {} cannot be read: {e}.", file.display()))?)
            }
            (None, None) => None,
        };
        let redirect = format!("{}{}", public.trim_end_matches('/'), app::paths::SINGLE_BACK);
        let settings = Settings {
            issuer: IssuerUrl::new(issuer.clone()).map_err(|e| format!("--oidc-issuer {issuer} is no URL: {e}."))?,
            client_id: ClientId::new(client_id.clone()),
            client_secret: secret.map(|secret| ClientSecret::new(secret.trim().to_owned())),
            redirect: RedirectUrl::new(redirect).map_err(|e| format!("--public-url {public} is no URL: {e}."))?,
            scopes: self.oidc_scopes.clone(),
            group_claim: self.oidc_group_claim.clone(),
            roles: self.oidc_role.clone(),
            label: self.oidc_label.clone(),
        };
        let connector = client::connector(issuer).map_err(|e| format!("--oidc-issuer cannot be used. {e}"))?;
        Ok(Some(Provider::new(settings, connector)))
    }
}
