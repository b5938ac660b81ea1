//! The SDK's client: whom it asks, how long it waits, how often it repeats, what it calls itself. All of it on purpose.

use super::clock::{AwsClock, Listening};
use super::embedded::Embedded;
use super::error::{chain, credentials, lacks_credentials};
use super::gate::Gate;
use super::retry::Final;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region};
use aws_sdk_appstream::Client;
use aws_sdk_appstream::config::Credentials as Keys;
use aws_sdk_appstream::error::ProvideErrorMetadata;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpClient, SharedHttpClient, SharedHttpConnector, http_client_fn};
use domain::failure::{Credentials, Failure};
use domain::names::Scope;
use std::time::Duration;

/// Attempts of one call, the first included. The watcher asks again by itself and an operator waits, so few.
const ATTEMPTS: u32 = 3;

/// The gate bounds each attempt: what a call waits there for its turn is not AWS's delay.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).operation_timeout(Duration::from_secs(60)).build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(200))
        .with_max_backoff(Duration::from_secs(5))
}

/// A connection to something else than AWS, with the same TLS: a webhook. The error is a sentence.
pub fn connector(url: &str) -> Result<SharedHttpConnector, String> {
    let uri: http::Uri = url.parse().map_err(|_| "That is no URL.".to_owned())?;
    let builder = aws_smithy_http_client::Connector::builder();
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => Ok(SharedHttpConnector::new(builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build())),
        (Some("http"), Some(_)) => Ok(SharedHttpConnector::new(builder.build_http())),
        _ => Err("Give a URL that begins with https:// or http://.".to_owned()),
    }
}

fn guarded(inner: SharedHttpClient, clock: &AwsClock, gate: &Gate) -> SharedHttpClient {
    let (clock, gate) = (clock.clone(), gate.clone());
    http_client_fn(move |settings, components| gate.around(Listening::around(inner.http_connector(settings, components), clock.clone())))
}

/// Which of the two wire protocols the client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wire {
    /// The SDK's own choice: Smithy RPC v2 CBOR.
    #[default]
    Default,
    /// AWS JSON 1.1.
    Json,
}

/// A client of the embedded AppStream in `scope`. The access key is the account's number: that is how the simulator tells worlds apart.
pub fn embedded(embedded: &Embedded, scope: &Scope, wire: Wire, clock: &AwsClock, gate: &Gate) -> Client {
    let connector = embedded.connector();
    let http = http_client_fn(move |_, _| connector.clone());
    let config = aws_sdk_appstream::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(scope.region.0.clone()))
        .credentials_provider(Keys::new(scope.account.as_str(), "embedded", None, None, "embedded"))
        .endpoint_url("http://appstream.embedded")
        .http_client(guarded(http, clock, gate))
        .timeout_config(timeouts())
        .retry_config(retries())
        .retry_classifier(Final)
        .sleep_impl(aws_smithy_types_sleep());
    let config = match wire {
        Wire::Default => config,
        Wire::Json => config.protocol(aws_smithy_json::protocol::aws_json_rpc::AwsJsonRpcProtocol::aws_json_1_1()),
    };
    Client::from_conf(config.build())
}

fn aws_smithy_types_sleep() -> aws_sdk_appstream::config::SharedAsyncSleep {
    aws_sdk_appstream::config::SharedAsyncSleep::new(TokioSleep)
}

/// Waits on tokio's timer.
#[derive(Debug)]
struct TokioSleep;
impl aws_sdk_appstream::config::AsyncSleep for TokioSleep {
    fn sleep(&self, duration: Duration) -> aws_sdk_appstream::config::Sleep {
        aws_sdk_appstream::config::Sleep::new(tokio::time::sleep(duration))
    }
}

/// A client of AWS, or of `endpoint`, with the SDK's default credential chain, and the scope it sees. The error is a sentence.
pub async fn aws(region: Option<&str>, endpoint: Option<&str>, clock: &AwsClock, gate: &Gate) -> Result<(Client, Scope), String> {
    let plain = endpoint.is_some_and(|e| e.starts_with("http://"));
    let http =
        if plain { Builder::new().build_http() } else { Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https() };
    let name = AppName::new("appstream-console").map_err(|e| e.to_string())?;
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.clone())
        .timeout_config(timeouts())
        .retry_config(retries())
        .app_name(name);
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    let shared = loader.load().await;
    let region = shared.region().map(|r| r.as_ref().to_owned()).ok_or("No Region is set. Name one with --region, or in AWS_REGION.")?;
    let mut config = aws_sdk_appstream::config::Builder::from(&shared).http_client(guarded(http, clock, gate)).retry_classifier(Final);
    if let Some(endpoint) = endpoint {
        config = config.endpoint_url(endpoint);
    }
    let client = Client::from_conf(config.build());
    let account = account(&shared, &client, endpoint.is_some()).await?;
    Ok((client, Scope::new(account, region)))
}

/// Why the program cannot start, in a sentence or two. Without an account it does not know whose estate it shows: that is in every URL and
/// every record.
fn at_start(what: &str, code: &str, error: &(dyn std::error::Error + 'static)) -> String {
    let missing = lacks_credentials(error).then_some(Credentials::Missing);
    let Some(trouble) = missing.or_else(|| credentials(code, &chain(error))) else {
        return format!("{what}: {}. Start the console again when that is mended.", chain(error).trim_end_matches('.'));
    };
    let advice = Failure::Credentials { trouble, code: code.to_owned() }.advice();
    let told = if code.is_empty() { chain(error) } else { code.to_owned() };
    format!("{}: {}. {}", advice.title, told.trim_end_matches('.'), advice.next)
}

/// The account: STS knows it on AWS; an endpoint that somebody named may not serve STS, and there a fleet's ARN tells.
async fn account(shared: &aws_config::SdkConfig, client: &Client, own_endpoint: bool) -> Result<String, String> {
    if own_endpoint {
        let page = client.describe_fleets().send().await.map_err(|e| {
            let code = e.code().unwrap_or_default().to_owned();
            at_start("The endpoint does not answer DescribeFleets", &code, &e)
        })?;
        let arn = page.fleets().first().and_then(|f| f.arn()).unwrap_or_default();
        return Ok(arn.split(':').nth(4).filter(|a| a.len() == 12).unwrap_or("111122223333").to_owned());
    }
    let who = aws_sdk_sts::Client::new(shared).get_caller_identity().send().await;
    let who = who.map_err(|e| {
        let code = e.code().unwrap_or_default().to_owned();
        at_start("AWS does not say whose credentials these are", &code, &e)
    })?;
    who.account().map(str::to_owned).ok_or_else(|| "AWS gave no account for these credentials.".to_owned())
}
