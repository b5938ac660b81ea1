//! The console's pages and server functions. Compiled twice: for the server (`ssr`) and for the browser (`hydrate`).
//!
//! Reading order: [`paths`] (every URL), [`api`] (server functions), [`live`] (how a page stays up to date), `pages`, `parts`, `ui`.

// A page is one type, nested as deep as its elements.
#![recursion_limit = "512"]

pub mod api;
#[cfg(feature = "ssr")]
pub mod audit;
#[cfg(feature = "ssr")]
pub mod ctx;
#[cfg(feature = "ssr")]
pub mod door;
pub mod error;
#[cfg(feature = "ssr")]
pub mod gateway;
#[cfg(feature = "ssr")]
pub mod history;
#[cfg(feature = "ssr")]
pub mod jobs;
pub mod live;
#[cfg(feature = "ssr")]
pub mod once;
pub mod pages;
pub mod parts;
pub mod paths;
#[cfg(feature = "ssr")]
pub mod resources;
pub mod ui;

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="preload" href="/fonts/ibm-plex-sans-latin-wght-normal.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                // Sets the chosen theme before the first paint.
                <script src="/theme.js" nonce=leptos::nonce::use_nonce()></script>
                <link rel="stylesheet" href=format!("/{}/{}.css", options.site_pkg_dir, options.output_name)/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The app: routes within the frame, and sign-in outside of it.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=pages::not_found::NotFound>
                <Route path=path!("/sign-in") view=pages::sign_in::SignIn ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/code") view=pages::sign_in_code::SignInCodePage ssr=SsrMode::Async/>
                <Route path=path!("/account/password") view=pages::account::password::NewPassword ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=parts::frame::Frame ssr=SsrMode::Async>
                    <Route path=path!("/") view=pages::overview::Overview ssr=SsrMode::Async/>
                    <Route path=path!("/fleets") view=pages::fleets::list::FleetList ssr=SsrMode::Async/>
                    <Route path=path!("/fleets/rollout") view=pages::fleets::rollout::RolloutPage ssr=SsrMode::Async/>
                    <Route path=path!("/sessions/history") view=pages::sessions::history::SessionHistory ssr=SsrMode::Async/>
                    <Route path=path!("/sessions") view=pages::sessions::list::SessionList ssr=SsrMode::Async/>
                    <Route path=path!("/:account/:region/fleets/:name") view=pages::fleets::detail::FleetDetail ssr=SsrMode::Async/>
                    <Route path=path!("/:account/:region/fleets/:name/:tab") view=pages::fleets::detail::FleetDetail ssr=SsrMode::Async/>
                    <Route path=path!("/account") view=pages::account::AccountPage ssr=SsrMode::Async/>
                    <Route path=path!("/accounts") view=pages::accounts::AccountsPage ssr=SsrMode::Async/>
                    <Route path=path!("/audit") view=pages::audit::AuditPage ssr=SsrMode::Async/>
                    <Route path=path!("/jobs") view=pages::jobs::list::JobList ssr=SsrMode::Async/>
                    <Route path=path!("/jobs/:id") view=pages::jobs::detail::JobPage ssr=SsrMode::Async/>
                    <Route path=path!("/more") view=pages::more::More ssr=SsrMode::Async/>
                    <Route path=path!("/:account/:region/:kind/:name/:tab") view=pages::resources::item::ResourceItem ssr=SsrMode::Async/>
                    <Route path=path!("/:account/:region/:kind/:name") view=pages::resources::item::ResourceItem ssr=SsrMode::Async/>
                    <Route path=path!("/images/sharing") view=pages::images::matrix::ShareMatrix ssr=SsrMode::Async/>
                    <Route path=path!("/users/import") view=pages::users::import::ImportUsersPage ssr=SsrMode::Async/>
                    <Route path=path!("/users/assign") view=pages::users::assign::AssignStacksPage ssr=SsrMode::Async/>
                    <Route path=path!("/:kind/:verb") view=pages::resources::form::ResourceForm ssr=SsrMode::Async/>
                    <Route path=path!("/:kind") view=pages::resources::list::ResourceList ssr=SsrMode::Async/>
                    <Route path=path!("/*any") view=pages::not_found::NotFoundInFrame ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
