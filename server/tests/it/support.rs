//! A console without a port: the real router over the embedded AppStream, in a folder of its own.

use app::gateway::AppStream;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use domain::estate::{Estate, LiveEvent};
use domain::names::Scope;
use domain::operator::Source;
use domain::query::Window;
use domain::session::Session;
use futures::FutureExt as _;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use server::door::LocalDoor;
use server::gateway::clock::AwsClock;
use server::gateway::embedded::Embedded;
use server::gateway::gate::{Gate, Limits};
use server::gateway::{Sdk, SessionTypes, client};
use server::http::{AppState, sessions};
use server::jobs::{Jobs, hands::Hands};
use server::metrics::{Metrics, Requests};
use server::poll::Watcher;
use simulator::{Options, Seed};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub const PASSWORD: &str = "correct horse battery";
pub const HOST: &str = "127.0.0.1:3000";

pub fn scope() -> Scope {
    Scope::new("111122223333", "us-east-1")
}

/// A simulator whose fleets take as long as AWS's.
pub fn simulator(seed: Seed) -> Embedded {
    Embedded::new(Options { seed, pace: 1.0, haste: 1.0, rng_seed: 7, public_base: None })
}

/// One call of the simulator's private controls.
#[track_caller]
pub fn control(embedded: &Embedded, method: &str, path: &str, body: &Value) -> Value {
    let request = simulator::Request {
        method: method.into(),
        path: format!("/_simulator/{path}"),
        body: body.to_string().into_bytes(),
        ..Default::default()
    };
    // In memory nothing is waited for.
    let answer = embedded.answer(true, &request).now_or_never().unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

/// How often each operation was called.
pub fn calls(embedded: &Embedded) -> Value {
    control(embedded, "GET", "calls", &json!({}))["by_operation"].clone()
}

/// A gateway that holds no call back: most tests are not about that.
pub fn gateway(embedded: &Embedded, wire: client::Wire) -> Sdk {
    limited(embedded, wire, Limits::embedded(10_000.0), SessionTypes::One)
}

/// The same for another account.
pub fn gateway_of(embedded: &Embedded, scope: &Scope) -> Sdk {
    gated(embedded, scope, client::Wire::Default, &Gate::new(Limits::embedded(10_000.0)), SessionTypes::One)
}

pub fn limited(embedded: &Embedded, wire: client::Wire, limits: Limits, types: SessionTypes) -> Sdk {
    gated(embedded, &scope(), wire, &Gate::new(limits), types)
}

fn gated(embedded: &Embedded, scope: &Scope, wire: client::Wire, gate: &Gate, types: SessionTypes) -> Sdk {
    let clock = AwsClock::default();
    Sdk::new(client::embedded(embedded, scope, wire, &clock, gate), clock, gate.clone(), types)
}

/// So many fleets on a stack each, with 25 sessions each, in a simulator whose clock stands still.
pub async fn pairs(count: usize) -> Embedded {
    let embedded = simulator(Seed::Empty);
    control(&embedded, "POST", "clock", &json!({"paused": true}));
    control(&embedded, "POST", "quotas", &json!({"fleets": 100, "stacks": 100, "instances:stream.standard.medium": 10_000}));
    let sdk = gateway(&embedded, client::Wire::Default);
    let call = async |operation, input: Value| sdk.invoke(operation, &input, "fleet", "x").await.unwrap();
    for n in 0..count {
        let (stack, fleet) = (format!("stack-{n}"), format!("fleet-{n}"));
        let input = json!({"Name": fleet, "InstanceType": "stream.standard.medium", "ImageName": "AppStream-WinServer2022-06-17-2026",
            "ComputeCapacity": {"DesiredInstances": 30}, "VpcConfig": {"SubnetIds": ["subnet-0a1"]}});
        call("CreateFleet", input).await;
        call("CreateStack", json!({"Name": stack})).await;
        call("AssociateFleet", json!({"FleetName": fleet, "StackName": stack})).await;
        call("StartFleet", json!({"Name": fleet})).await;
    }
    control(&embedded, "POST", "clock", &json!({"advance_seconds": 3600}));
    load(&embedded, count, 0.0);
    control(&embedded, "POST", "clock", &json!({"advance_seconds": 60}));
    embedded
}

/// Of each pair's 25 sessions so many end and begin anew each minute.
pub fn load(embedded: &Embedded, count: usize, churn: f64) {
    for n in 0..count {
        let body = json!({"StackName": format!("stack-{n}"), "FleetName": format!("fleet-{n}"), "count": 25, "churn_per_minute": churn});
        control(embedded, "POST", "load", &body);
    }
}

pub struct Console {
    pub embedded: Embedded,
    pub watcher: Watcher,
    pub gate: Gate,
    pub metrics: Metrics,
    pub audit: server::audit::Store,
    pub catalogue: server::resource::Catalogue,
    pub pool: sqlx::SqlitePool,
    pub folder: Arc<tempfile::TempDir>,
    router: axum::Router,
    end: CancellationToken,
}

impl Drop for Console {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

impl Console {
    pub async fn start(seed: Seed) -> Self {
        Self::over(simulator(seed), Limits::embedded(10_000.0), |gateway| gateway).await
    }

    /// With single sign-on.
    pub async fn with_provider(provider: server::door::oidc::Provider) -> Self {
        Self::made(
            Arc::new(tempfile::tempdir().unwrap()),
            simulator(Seed::Empty),
            Limits::embedded(10_000.0),
            |gateway| gateway,
            Some(provider),
        )
        .await
    }

    /// Over `embedded`, which gets at most what `limits` say. The watcher asks through what `between` makes of the gateway.
    pub async fn over(embedded: Embedded, limits: Limits, between: impl FnOnce(Arc<dyn AppStream>) -> Arc<dyn AppStream>) -> Self {
        Self::made(Arc::new(tempfile::tempdir().unwrap()), embedded, limits, between, None).await
    }

    async fn made(
        folder: Arc<tempfile::TempDir>,
        embedded: Embedded,
        limits: Limits,
        between: impl FnOnce(Arc<dyn AppStream>) -> Arc<dyn AppStream>,
        provider: Option<server::door::oidc::Provider>,
    ) -> Self {
        let pool = server::store::open(folder.path()).await.unwrap();
        let sign_ins = sessions::Store::new(pool.clone(), sessions::Limits::default());
        let door = LocalDoor::new(pool.clone(), sign_ins.clone(), server::door::seal::Seal::open(folder.path()).unwrap()).unwrap();
        let door = Arc::new(door.with_single_sign_on(provider));
        door.first(Some(PASSWORD)).await.unwrap();
        let gate = Gate::new(limits);
        let sdk = gated(&embedded, &scope(), client::Wire::Default, &gate, SessionTypes::One).strict();
        let gateway = Arc::new(sdk.clone());
        let end = CancellationToken::new();
        let watcher = Watcher::start(between(gateway.clone()), scope(), end.clone());
        let history = server::history::Store(pool.clone());
        history.record(watcher.hub(), scope(), end.clone());
        let catalogue = server::resource::Catalogue::new(sdk, watcher.clone());
        let resources = Arc::new(catalogue.clone());
        let audit = server::audit::Store::new(pool.clone());
        let kept = Arc::new(audit.clone());
        let submitted = Arc::new(server::submitted::Store(pool.clone()));
        let jobs = Jobs::new(pool.clone());
        let hands = Hands { gateway: gateway.clone(), many: resources.clone(), watch: Arc::new(watcher.clone()) };
        jobs.work(hands, kept.clone(), end.clone());
        let (jobs, history) = (Arc::new(jobs), Arc::new(history));
        let parts = server::http::parts(gateway, &watcher, resources, history, kept, jobs, submitted, door.clone(), Source::Embedded);
        // A proxy as operators name one; tests that need it say so in `ConnectInfo`.
        let proxies = server::http::surface::Proxies::new(&["10.0.0.0/8".parse().unwrap()]);
        let requests = Requests::default();
        let metrics = Metrics::new(watcher.clone(), gate.clone(), &requests, pool.clone());
        let state = AppState {
            options: server::http::leptos_options(),
            parts,
            audit: audit.clone(),
            watcher: watcher.clone(),
            proxies,
            door,
            sign_ins,
            requests: requests.clone(),
            end: end.clone(),
        };
        let router = server::http::router(state);
        let console = Self { embedded, watcher, gate, metrics, audit, catalogue, pool, router, end, folder };
        console.until(|e| e.is_ready()).await;
        console
    }

    /// AppStream, asked as nobody's act.
    pub fn gateway(&self) -> Sdk {
        gateway(&self.embedded, client::Wire::Default)
    }

    /// Ends this one; another goes on with its data, and with the same AppStream.
    pub async fn restart(self) -> Self {
        self.end.cancel();
        Self::made(Arc::clone(&self.folder), self.embedded.clone(), Limits::embedded(10_000.0), |gateway| gateway, None).await
    }

    /// Waits until the snapshot is as wanted.
    pub async fn until(&self, wanted: impl Fn(&domain::estate::Estate) -> bool) {
        for _ in 0..400 {
            if wanted(&self.watcher.hub().estate()) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("the snapshot never became as wanted");
    }

    /// To serve it on a port.
    pub fn router(&self) -> axum::Router {
        self.router.clone()
    }

    /// Where its database is.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Response<Body> {
        self.send(asked("GET", path, cookie).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    }

    /// A reading server function, called as the WASM does; its answer.
    pub async fn read(&self, path: &str, cookie: &str) -> Value {
        let answer = self.send(asked("GET", path, cookie).header(header::ACCEPT, "application/json").body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        serde_json::from_str(&text(answer).await).unwrap()
    }

    /// A server function, called as the WASM does; its status and answer.
    pub async fn call(&self, path: &str, cookie: &str, form: &str) -> (StatusCode, Value) {
        let request = asked("POST", path, cookie)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.told(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// A reading server function, called as the WASM does; its status and answer.
    pub async fn ask(&self, path: &str, cookie: &str) -> (StatusCode, Value) {
        self.told(asked("GET", path, cookie).header(header::ACCEPT, "application/json").body(Body::empty()).unwrap()).await
    }

    /// A server function that is sent JSON.
    pub async fn call_json(&self, path: &str, cookie: &str, body: &str) -> (StatusCode, Value) {
        let request = asked("POST", path, cookie)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json");
        self.told(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn told(&self, request: Request<Body>) -> (StatusCode, Value) {
        let answer = self.send(request).await;
        let status = answer.status();
        let text = text(answer).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// A plain form post from the page `from`, as a browser without WASM sends it.
    pub async fn post(&self, path: &str, cookie: &str, from: &str, form: &str) -> Response<Body> {
        let request = asked("POST", path, cookie)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::REFERER, format!("http://{HOST}{from}"))
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Signs in; the cookie to send with every request.
    pub async fn sign_in(&self) -> String {
        self.sign_in_with("admin", PASSWORD).await
    }

    /// Makes an account of this role, named as it, and signs in.
    pub async fn sign_in_as(&self, role: domain::role::Role) -> String {
        let password = server::door::Accounts(self.pool.clone()).add(role.slug(), role).await.unwrap();
        let cookie = self.sign_in_with(role.slug(), password.reveal()).await;
        self.choose_password(&cookie, password.reveal()).await
    }

    /// Changes a one-time password to [`PASSWORD`]; the cookie to send from now on.
    pub async fn choose_password(&self, cookie: &str, current: &str) -> String {
        let form = password_form(current, PASSWORD);
        let answer = self.post("/api/account/password", cookie, "/account/password", &(form + "&form[to]=/")).await;
        assert_eq!(location(&answer), "/");
        self::cookie(&answer)
    }

    pub async fn sign_in_with(&self, user: &str, password: &str) -> String {
        let form = format!("form[user]={user}&form[password]={}&form[to]=/", password.replace(' ', "+"));
        let answer = self.post("/api/sign-in", "", "/sign-in", &form).await;
        assert!(answer.status().is_redirection(), "{}", answer.status());
        cookie(&answer)
    }
}

fn asked(method: &str, path: &str, cookie: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
    if cookie.is_empty() { request } else { request.header(header::COOKIE, cookie) }
}

/// What the form “Change password” sends.
pub fn password_form(current: &str, new: &str) -> String {
    let (current, new) = (app::paths::encode(current), app::paths::encode(new));
    format!("form[current_password]={current}&form[new_password]={new}&form[repeat_password]={new}")
}

/// Where an answer leads.
pub fn location(answer: &Response<Body>) -> String {
    answer.headers().get(header::LOCATION).map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// `name=value` of the cookie that an answer sets.
pub fn cookie(answer: &Response<Body>) -> String {
    let set = answer.headers().get(header::SET_COOKIE).expect("a cookie is set").to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

pub async fn text(answer: Response<Body>) -> String {
    String::from_utf8_lossy(&answer.into_body().collect().await.unwrap().to_bytes()).into_owned()
}

/// An event stream as a browser reads it.
pub struct Events {
    body: Body,
    so_far: String,
}

impl Events {
    pub fn of(answer: Response<Body>) -> Self {
        assert_eq!(answer.status(), StatusCode::OK);
        Self { body: answer.into_body(), so_far: String::new() }
    }

    /// The next event that says something; none when the stream has ended.
    pub async fn next(&mut self) -> Option<LiveEvent> {
        loop {
            if let Some(end) = self.so_far.find("\n\n") {
                let message: String = self.so_far.drain(..end + 2).collect();
                // A comment says nothing.
                let Some(data) = message.lines().find_map(|l| l.strip_prefix("data: ")) else { continue };
                match serde_json::from_str(data).unwrap() {
                    LiveEvent::Beat => continue,
                    event => return Some(event),
                }
            }
            let frame = self.body.frame().await?.unwrap();
            self.so_far.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
        }
    }
}

/// What a browser holds: what is known, and the rows of sessions that it shows.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub estate: Estate,
    pub window: Window<Session>,
    /// Whether rows have come since the page asked for them.
    pub shown: bool,
}

impl Page {
    /// Takes in a message; changes must continue what is here.
    pub fn take(&mut self, event: LiveEvent) {
        match event {
            LiveEvent::Full(all) => self.estate = *all,
            LiveEvent::Delta(delta) => assert!(self.estate.apply(delta), "changes continue one another"),
            LiveEvent::Rows(step) => {
                assert!(step.apply(&mut self.window), "rows continue one another");
                self.shown = true;
            }
            other => panic!("{other:?}"),
        }
    }

    /// Reads from `events` until `enough`.
    pub async fn until(&mut self, events: &mut Events, enough: impl Fn(&Self) -> bool) {
        while !enough(self) {
            self.take(message(events).await);
        }
    }
}

/// Waits for the next message of an event stream.
pub async fn message(events: &mut Events) -> LiveEvent {
    tokio::time::timeout(std::time::Duration::from_secs(15), events.next()).await.expect("a message in time").expect("the stream goes on")
}
