//! Each page as a lazy route: its code is split off the program (`.ci/build`), and a browser fetches it with the first page that needs
//! it. The server names what a page needs in the page's head, so that it is fetched at once.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

/// A lazy route without data of its own, for each page component.
macro_rules! pages {
    ($($name:ident is $page:path;)*) => {$(
        #[doc = concat!("The page [`", stringify!($page), "`].")]
        #[derive(Debug)]
        pub struct $name;

        #[lazy_route]
        impl LazyRoute for $name {
            fn data() -> Self {
                Self
            }
            fn view(_page: Self) -> AnyView {
                $page().into_any()
            }
        }
    )*};
}

pages! {
    Overview is super::overview::Overview;
    FleetList is super::fleets::list::FleetList;
    FleetDetail is super::fleets::detail::FleetDetail;
    SessionList is super::sessions::list::SessionList;
    SessionHistory is super::sessions::history::SessionHistory;
    ResourceList is super::resources::list::ResourceList;
    ResourceItem is super::resources::item::ResourceItem;
    ResourceForm is super::resources::form::ResourceForm;
    ShareMatrix is super::images::matrix::ShareMatrix;
    ImportUsers is super::users::import::ImportUsersPage;
    AssignStacks is super::users::assign::AssignStacksPage;
}
