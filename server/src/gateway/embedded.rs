//! The embedded AppStream: the simulator under the system's clock, behind the SDK's connector (no socket) or on a listener of its
//! own for other clients.

use super::clock::steady_ms;
use super::estate::{self, Kept};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use simulator::{Fate, Options, Request, Response, Universe};
use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Larger requests than this are not AppStream's.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// One running simulator. Cheap to clone.
#[derive(Clone)]
pub struct Embedded(Arc<Mutex<Kept>>);

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Embedded")
    }
}

impl Embedded {
    /// Begins now, in memory.
    pub fn new(options: Options) -> Self {
        Self(Arc::new(Mutex::new(Kept { universe: Universe::new(options, steady_ms()), journal: None })))
    }

    /// Goes on with the estate in `file`, or begins one there. Whether it goes on comes with it. The error is a sentence.
    pub async fn open(options: Options, file: &Path) -> Result<(Self, bool), String> {
        let (kept, continued) = estate::open(file, || Universe::new(options.clone(), steady_ms())).await?;
        let this = Self(kept);
        if continued {
            this.0.lock().unwrap_or_else(PoisonError::into_inner).universe.options.public_base = options.public_base;
            // The tempo is that of this start, whatever it was before.
            let body = format!(r#"{{"pace":{},"haste":{}}}"#, options.pace, options.haste).into_bytes();
            let set = Request { method: "POST".into(), path: "/_simulator/clock".into(), body, ..Request::default() };
            this.answer(true, &set).await;
        }
        Ok((this, continued))
    }

    /// Answers one request, once what it changed is written. `own_listener`: whether the private controls and the pages behind
    /// streaming URLs may be reached.
    pub async fn answer(&self, own_listener: bool, request: &Request) -> Response {
        let (response, written) = {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let response = simulator::handle(&mut kept.universe, steady_ms(), own_listener, request);
            let written = response.change.as_ref().and_then(|change| kept.journal.as_mut().map(|journal| journal.take(change)));
            (response, written)
        };
        let Some(written) = written else { return response };
        match written.await.unwrap_or_else(|_| Err("its writer has ended".to_owned())) {
            Ok(()) => response,
            Err(error) => {
                let body = format!(
                    r#"{{"__type":"InternalFailure","Message":{}}}"#,
                    serde_json::json!(format!("The change was made, but the state file could not be written: {error}."))
                );
                Response {
                    status: 500,
                    headers: vec![("content-type".into(), "application/x-amz-json-1.1".into())],
                    body: body.into_bytes(),
                    ..Response::default()
                }
            }
        }
    }

    /// A connector for the SDK. Private controls cannot be reached through it.
    pub fn connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }

    /// Serves other clients, private controls included, until `end`.
    pub async fn serve(self, listener: TcpListener, end: CancellationToken) {
        loop {
            let stream = tokio::select! {
                () = end.cancelled() => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        tracing::warn!(%error, "a client of the simulator could not be accepted");
                        continue;
                    }
                },
            };
            let (this, end) = (self.clone(), end.clone());
            tokio::spawn(async move {
                let service = hyper::service::service_fn(move |request| this.clone().over_http(request));
                let io = hyper_util::rt::TokioIo::new(stream);
                let connection = hyper::server::conn::http1::Builder::new().serve_connection(io, service);
                tokio::select! { () = end.cancelled() => {}, _ = connection => {} }
            });
        }
    }

    async fn over_http(self, request: hyper::Request<hyper::body::Incoming>) -> Result<hyper::Response<Full<Bytes>>, Cut> {
        let (parts, body) = request.into_parts();
        let body = match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => body,
            Err(error) if error.is::<http_body_util::LengthLimitError>() => return Ok(too_large()),
            Err(_) => return Err(Cut),
        };
        let headers =
            parts.headers.iter().map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned())).collect();
        let request = Request {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers,
            body: body.to_bytes().to_vec(),
        };
        let response = travelled(self.answer(true, &request).await).await.ok_or(Cut)?;
        let mut built = hyper::Response::builder().status(response.status);
        for (name, value) in &response.headers {
            built = built.header(name.as_str(), value.as_str());
        }
        built.body(Full::new(Bytes::from(response.body))).map_err(|_| Cut)
    }
}

fn too_large() -> hyper::Response<Full<Bytes>> {
    let told = format!(r#"{{"__type":"RequestEntityTooLargeException","Message":"The body is over {MAX_BODY} bytes."}}"#);
    let mut answer = hyper::Response::new(Full::new(Bytes::from(told)));
    *answer.status_mut() = hyper::StatusCode::PAYLOAD_TOO_LARGE;
    // What is left of the body is not read.
    answer.headers_mut().insert(hyper::header::CONNECTION, hyper::header::HeaderValue::from_static("close"));
    answer.headers_mut().insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/x-amz-json-1.1"));
    answer
}

/// The connection is cut without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on purpose")]
struct Cut;

impl From<Infallible> for Cut {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Lets an answer take its time; none when the connection is cut. A hanging one never returns.
async fn travelled(response: Response) -> Option<Response> {
    if response.delivery.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(response.delivery.latency_ms)).await;
    }
    match response.delivery.fate {
        Fate::Answer => Some(response),
        Fate::Close => None,
        Fate::Hang => std::future::pending().await,
    }
}

impl HttpConnector for Embedded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri().to_owned();
        let after_host = uri.split_once("://").map_or(uri.as_str(), |(_, rest)| rest);
        let path = after_host.find('/').map_or("/", |at| &after_host[at..]);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let asked = Request {
            method: request.method().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: request.headers().iter().map(|(n, v)| (n.to_lowercase(), v.to_owned())).collect(),
            body: request.body().bytes().unwrap_or_default().to_vec(),
        };
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let response = this.answer(false, &asked).await;
            let cut = || ConnectorError::io("the connection is cut on purpose".into());
            let response = travelled(response).await.ok_or_else(cut)?;
            let status = response.status.try_into().map_err(|_| cut())?;
            let mut built = HttpResponse::new(status, SdkBody::from(response.body));
            for (name, value) in response.headers {
                built.headers_mut().insert(name, value);
            }
            Ok(built)
        })
    }
}
