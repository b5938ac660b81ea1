//! Single sign-on by OpenID Connect: the code flow with PKCE. Groups of the provider say what somebody may do here; no token is kept.
//! The HTTP client is the one that the SDK brings. It follows no redirects.

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest as Outgoing;
use aws_smithy_types::body::SdkBody;
use domain::role::Role;
use http_body_util::{BodyExt, Limited};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenClaims, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long the provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// What it said of itself is believed for so long; keys that are not known yet are asked for at once.
const FRESH: Duration = Duration::from_secs(600);
/// The largest answer.
const MOST: usize = 512 * 1024;
/// Signatures that are taken: with a public key only.
const SIGNED: [CoreJwsSigningAlgorithm; 6] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Claims beside those of the standard.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Others {
    #[serde(flatten)]
    all: BTreeMap<String, Value>,
}
impl AdditionalClaims for Others {}

type Fields = IdTokenFields<Others, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Client = openidconnect::Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
type Answer = StandardTokenResponse<Fields, CoreTokenType>;

/// The provider did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unanswered(String);

/// What an operator of the console says of the provider.
#[derive(Debug)]
pub struct Settings {
    /// Its issuer, as it writes it itself.
    pub issuer: IssuerUrl,
    /// What the console is called there.
    pub client_id: ClientId,
    /// Its secret; none for a public client.
    pub client_secret: Option<ClientSecret>,
    /// Where the provider sends people back to.
    pub redirect: RedirectUrl,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim with the groups.
    pub group_claim: String,
    /// What each group may do.
    pub roles: Vec<(Role, String)>,
    /// On the button.
    pub label: String,
}

/// Somebody on their way to the provider and back: kept in their web session.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    at: i64,
    /// Where they want to go.
    pub to: String,
}

/// Whom the provider knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Issuer and subject: who it is, whatever they are called.
    pub subject: String,
    /// What they are called.
    pub name: String,
    /// The greatest role of their groups.
    pub role: Option<Role>,
}

/// The provider.
pub struct Provider {
    settings: Settings,
    connector: SharedHttpConnector,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

impl Provider {
    /// Asks nothing yet: a provider that is away keeps nobody with a password out.
    pub fn new(settings: Settings, connector: SharedHttpConnector) -> Self {
        Self { settings, connector, known: Mutex::default() }
    }

    /// On the button.
    pub fn label(&self) -> &str {
        &self.settings.label
    }

    fn http(&self) -> impl Fn(HttpRequest) -> Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send>> + use<> {
        let connector = self.connector.clone();
        move |request| {
            let connector = connector.clone();
            Box::pin(async move {
                let asked = tokio::time::timeout(PATIENCE, asked(&connector, request)).await;
                asked.map_err(|_| Unanswered(format!("no answer within {} s", PATIENCE.as_secs())))?
            })
        }
    }

    /// A client that knows the provider's endpoints and keys, which are asked for where they are old, or `anew`.
    async fn client(&self, anew: bool) -> Result<Client, String> {
        let mut known = self.known.lock().await;
        if let Some((at, metadata)) = known.as_ref().filter(|_| !anew)
            && at.elapsed() < FRESH
        {
            return Ok(self.over(metadata.clone()));
        }
        let asked = CoreProviderMetadata::discover_async(self.settings.issuer.clone(), &self.http()).await;
        let metadata = asked.map_err(|error| {
            tracing::error!(error = chain(&error), "the provider of single sign-on could not be asked for its endpoints");
            "The provider does not answer. Sign in with a password, or try again in a moment.".to_owned()
        })?;
        *known = Some((Instant::now(), metadata.clone()));
        Ok(self.over(metadata))
    }

    fn over(&self, metadata: CoreProviderMetadata) -> Client {
        let Settings { client_id, client_secret, redirect, .. } = &self.settings;
        Client::from_provider_metadata(metadata, client_id.clone(), client_secret.clone()).set_redirect_uri(redirect.clone())
    }

    /// Where to send somebody who wants to go `to`, and what to keep until they are back. The error is a sentence.
    pub async fn begin(&self, to: &str) -> Result<(String, Pending), String> {
        let client = self.client(false).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let asked = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).add_scopes(scopes).set_pkce_challenge(challenge);
        let (url, state, nonce) = asked.url();
        let pending = Pending {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            at: now(),
            to: to.to_owned(),
        };
        Ok((url.to_string(), pending))
    }

    /// Who came back with `code` and `state`. The error is a sentence.
    pub async fn finish(&self, pending: Pending, code: &str, state: &str) -> Result<Person, String> {
        if state.is_empty() || state != pending.state || !(0..=600).contains(&(now() - pending.at)) {
            return Err("It took too long, or was begun in another window. Begin again.".to_owned());
        }
        let client = self.client(false).await?;
        let refused = |error: &dyn std::error::Error| {
            tracing::error!(error = chain(error), "the provider of single sign-on gave nothing that can be believed");
            "What the provider said cannot be believed. Begin again; the console’s log says more.".to_owned()
        };
        let exchange = client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(|e| refused(&e))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(pending.verifier));
        let answer: Answer = exchange.request_async(&self.http()).await.map_err(|e| refused(&e))?;
        let nonce = Nonce::new(pending.nonce);
        let claims = match claims(&client, &answer, &nonce) {
            Ok(claims) => claims,
            // Its keys may have changed.
            Err(_) => claims(&self.client(true).await?, &answer, &nonce).map_err(|e| refused(&e))?,
        };
        self.person(&client, &answer, &claims).await.map_err(|e| refused(&e))
    }

    async fn person(
        &self,
        client: &Client,
        answer: &Answer,
        claims: &IdTokenClaims<Others, CoreGenderClaim>,
    ) -> Result<Person, Unanswered> {
        let mut groups = claims.additional_claims().all.get(&self.settings.group_claim).cloned();
        let mut names = [claims.preferred_username().map(|n| n.to_string()), claims.email().map(|m| m.to_string())];
        if (groups.is_none() || names.iter().all(Option::is_none))
            && let Ok(request) = client.user_info(answer.access_token().clone(), Some(claims.subject().clone()))
        {
            // Some tell groups there only.
            let more: UserInfoClaims<Others, CoreGenderClaim> =
                request.request_async(&self.http()).await.map_err(|e| Unanswered(chain(&e)))?;
            groups = groups.or_else(|| more.additional_claims().all.get(&self.settings.group_claim).cloned());
            let told = [more.preferred_username().map(|n| n.to_string()), more.email().map(|m| m.to_string())];
            names = [names[0].take().or_else(|| told[0].clone()), names[1].take().or_else(|| told[1].clone())];
        }
        let groups: Vec<String> = match groups {
            Some(Value::Array(all)) => all.into_iter().filter_map(|g| g.as_str().map(str::to_owned)).collect(),
            Some(Value::String(one)) => vec![one],
            _ => vec![],
        };
        let subject = claims.subject().to_string();
        let name = names.into_iter().flatten().next().unwrap_or_else(|| subject.clone());
        Ok(Person {
            name: account_name(&name),
            role: self.settings.roles.iter().filter(|(_, group)| groups.contains(group)).map(|(role, _)| *role).max(),
            subject: format!("{}\n{subject}", claims.issuer().as_str()),
        })
    }
}

/// The claims of an answer whose signature, issuer, audience, nonce and times are right.
fn claims(client: &Client, answer: &Answer, nonce: &Nonce) -> Result<IdTokenClaims<Others, CoreGenderClaim>, Unanswered> {
    let wrong = |error: &dyn std::error::Error| Unanswered(chain(error));
    let token = answer.id_token().ok_or_else(|| Unanswered("there is no ID token".to_owned()))?;
    let verifier = client.id_token_verifier().set_allowed_algs(SIGNED);
    let claims = token.claims(&verifier, nonce).map_err(|e| wrong(&e))?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|e| wrong(&e))?;
        let key = token.signing_key(&verifier).map_err(|e| wrong(&e))?;
        if AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(|e| wrong(&e))? != *expected {
            return Err(Unanswered("the access token is not the ID token’s".to_owned()));
        }
    }
    Ok(claims.clone())
}

/// A name as accounts have them.
fn account_name(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || ".-_@".contains(c) { c.to_ascii_lowercase() } else { '-' };
    name.chars().take(domain::account::MAX_NAME).map(fits).collect()
}

/// An error with what it came from. Those of this crate hold no token.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |e| e.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

async fn asked(connector: &SharedHttpConnector, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
    let failed = |error: &dyn std::fmt::Display| Unanswered(error.to_string());
    let request = Outgoing::try_from(request.map(SdkBody::from)).map_err(|e| failed(&e))?;
    let answer = connector.call(request).await.map_err(|e| failed(&e))?.try_into_http1x().map_err(|e| failed(&e))?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, MOST).collect().await.map_err(|e| failed(&e))?.to_bytes().to_vec();
    Ok(HttpResponse::from_parts(head, body))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_is_made_to_fit() {
        assert_eq!(super::account_name("Ana.Silva@Example.com"), "ana.silva@example.com");
        assert_eq!(super::account_name("Zoë <x>"), "zo---x-");
        assert!(domain::account::is_name(&super::account_name(&"ü".repeat(90))));
    }
}
