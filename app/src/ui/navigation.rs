//! Links to the pages. Each feature lists its own as `NAVIGATION` in its `mod.rs`; the sidebar, a phone's tabs and the settings show them in the
//! order of the features in `routes.rs`.

use domain::accounts::Viewer;
use domain::permissions::{Permission, may};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::Icon;

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the sidebar.
    Sidebar,
    /// At its foot.
    Foot,
    /// Among the tabs of a phone, at this place after home. The one in the middle stands out, under the thumb. What has no tab is behind “More”.
    Tab(u8),
    /// In the list of the settings, at this place of it.
    Settings(u8),
}

/// Who sees a link. Whether the page opens is decided by the page's own access.
#[derive(Debug, Clone, Copy)]
enum Shown {
    Everybody,
    Synthetic,
    With(Permission),
}

/// A link to a page.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    place: Place,
    href: &'static str,
    label: &'static str,
    icon: Option<Icon>,
    shown: Shown,
}

impl Entry {
    /// One for everybody, with an icon where that place has icons.
    pub const fn new(place: Place, href: &'static str, label: &'static str, icon: Option<Icon>) -> Self {
        Self { place, href, label, icon, shown: Shown::Everybody }
    }

    /// Only for the synthetic athlete.
    #[must_use]
    pub const fn synthetic(self) -> Self {
        Self { shown: Shown::Synthetic, ..self }
    }

    /// Only for those with a permission.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self { shown: Shown::With(permission), ..self }
    }

    /// Whether it stands there, for somebody who sees everything.
    #[cfg(test)]
    pub(crate) fn stands_in(self, place: Place) -> bool {
        self.place == place
    }

    /// The page, and whether there is an icon.
    #[cfg(test)]
    pub(crate) const fn target(self) -> (&'static str, bool) {
        (self.href, self.icon.is_some())
    }

    /// Where it stands in the list of the settings, if it does.
    pub(crate) const fn place_in_settings(self) -> Option<u8> {
        match self.place {
            Place::Settings(at) => Some(at),
            _ => None,
        }
    }

    fn is_shown(self, viewer: &Viewer) -> bool {
        match self.shown {
            Shown::Everybody => true,
            Shown::Synthetic => viewer.synthetic,
            Shown::With(permission) => may(viewer.role, permission),
        }
    }
}

/// The links of all features, passed as context, so that `ui` need not import features.
#[derive(Debug, Clone, Copy)]
pub struct Navigation(pub &'static [&'static [Entry]]);

impl Navigation {
    /// Those of a place that the viewer sees.
    fn of(self, place: Place, viewer: &Viewer) -> impl Iterator<Item = Entry> + use<'_> {
        self.shown(viewer).filter(move |entry| entry.place == place)
    }

    /// The link of the sidebar that a page belongs to: what stands in the list of the settings belongs to them, everything else to the link that its
    /// address begins with.
    fn belongs_to(self, path: &str) -> Option<&'static str> {
        let entries = || self.0.iter().copied().flatten();
        let under = |href: &str| path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let longest =
            |entries: &mut dyn Iterator<Item = &'static Entry>| entries.filter(|entry| under(entry.href)).max_by_key(|entry| entry.href.len());
        let of_sidebar = longest(&mut entries().filter(|entry| matches!(entry.place, Place::Sidebar | Place::Foot)));
        let of_settings = longest(&mut entries().filter(|entry| entry.place_in_settings().is_some()));
        match (of_settings, of_sidebar) {
            (Some(settings), Some(sidebar)) if settings.href.len() < sidebar.href.len() => Some(sidebar.href),
            (Some(_), _) => Some(SETTINGS),
            (None, sidebar) => sidebar.map(|entry| entry.href),
        }
    }

    /// All that the viewer sees.
    fn shown(self, viewer: &Viewer) -> impl Iterator<Item = Entry> + use<'_> {
        self.0.iter().copied().flatten().copied().filter(move |entry| entry.is_shown(viewer))
    }
}

/// The links of a place in the sidebar.
pub fn sidebar(place: Place, viewer: &Viewer) -> Vec<AnyView> {
    let navigation = expect_context::<Navigation>();
    let path = use_location().pathname;
    let link = |entry: Entry| {
        let current = move || path.with(|path| navigation.belongs_to(path) == Some(entry.href)).then_some("page");
        view! { <a href=entry.href aria-current=current>{entry.icon.map(Icon::draw)} {entry.label}</a> }.into_any()
    };
    navigation.of(place, viewer).map(link).collect()
}

/// Where the pages of the settings belong, wherever their addresses are.
const SETTINGS: &str = "/settings";

/// The tabs of a phone after home, without “More”.
pub fn tabs(viewer: &Viewer) -> Vec<AnyView> {
    const MIDDLE: u8 = 2;
    let navigation = expect_context::<Navigation>();
    let at = |n: u8| {
        let entry = navigation.of(Place::Tab(n), viewer).next()?;
        let content = view! { {entry.icon.map(Icon::draw)} {entry.label} };
        Some(if n == MIDDLE {
            view! { <A href=entry.href attr:class="primary-action">{content}</A> }.into_any()
        } else {
            view! { <A href=entry.href>{content}</A> }.into_any()
        })
    };
    (1..=TABS).filter_map(at).collect()
}

/// Tabs between home and “More”.
pub(crate) const TABS: u8 = 3;

/// What a phone has behind “More”: everything of the sidebar that has no tab.
pub fn rest(viewer: &Viewer) -> Vec<AnyView> {
    let navigation = expect_context::<Navigation>();
    let has_tab = |entry: &Entry| (1..=TABS).any(|n| navigation.of(Place::Tab(n), viewer).any(|tab| tab.href == entry.href));
    let entries = navigation.of(Place::Sidebar, viewer).chain(navigation.of(Place::Foot, viewer)).filter(|entry| !has_tab(entry));
    entries.map(|entry| view! { <li><A href=entry.href>{entry.icon.map(Icon::draw)} {entry.label}</A></li> }.into_any()).collect()
}

/// The list of the settings.
pub fn settings(viewer: &Viewer) -> Vec<AnyView> {
    let link = |entry: Entry| view! { <li><A href=entry.href exact=true>{entry.label}</A></li> }.into_any();
    let mut entries: Vec<Entry> = expect_context::<Navigation>().shown(viewer).filter(|entry| entry.place_in_settings().is_some()).collect();
    entries.sort_by_key(|entry| entry.place_in_settings());
    entries.into_iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_settings_marks_the_settings_wherever_it_is() {
        const ENTRIES: &[Entry] = &[
            Entry::new(Place::Sidebar, "/journal", "Journal", None),
            Entry::new(Place::Settings(4), "/journal/measures", "Daily questions", None),
            Entry::new(Place::Foot, "/settings", "Settings", None),
            Entry::new(Place::Settings(0), "/settings", "You", None),
            Entry::new(Place::Settings(9), "/organisations", "Organisations", None),
        ];
        let navigation = Navigation(&[ENTRIES]);
        for (path, link) in [
            ("/journal", Some("/journal")),
            ("/journal/2026-05-01", Some("/journal")),
            ("/journal/measures", Some("/settings")),
            ("/organisations/7", Some("/settings")),
            ("/settings/units", Some("/settings")),
            ("/journalist", None),
        ] {
            assert_eq!(navigation.belongs_to(path), link, "{path}");
        }
    }
}
