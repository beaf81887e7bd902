//! What a page shows while it waits, when there is nothing yet, and when something went wrong.

use domain::ProblemKind;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::AppError;
use crate::ui::PageTitle;

/// What a page reads. On the server a panic while reading becomes a problem: in the task of its own that it runs in, nobody would hear of
/// it, and the page would wait for ever.
pub fn reading<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Resource<Result<T, AppError>>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    Resource::new(source, move |asked| answered(fetch(asked)))
}

#[cfg(feature = "ssr")]
async fn answered<T>(reading: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    use futures::FutureExt;
    let caught = std::panic::AssertUnwindSafe(reading).catch_unwind().await;
    caught.unwrap_or_else(|_| Err(crate::server::to_app_error(platform::Error::Internal("reading for a page panicked".to_owned()))))
}

/// What is shown of what was read; on the server a panic meanwhile becomes a problem, as one while reading.
#[cfg(feature = "ssr")]
fn shown<V: IntoView + 'static>(show: impl FnOnce() -> V) -> Result<AnyView, AppError> {
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| show().into_any()));
    caught.map_err(|_| crate::server::to_app_error(platform::Error::Internal("showing a page panicked".to_owned())))
}

#[cfg(not(feature = "ssr"))]
#[expect(clippy::unnecessary_wraps, reason = "the server's half can fail")]
fn shown<V: IntoView + 'static>(show: impl FnOnce() -> V) -> Result<AnyView, AppError> {
    Ok(show().into_any())
}

#[cfg(not(feature = "ssr"))]
async fn answered<T>(reading: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    reading.await
}

/// Shows a page's `resource` when it is there, grey shapes until then, and a problem with a way on when it is one.
pub fn await_page<T, V>(resource: Resource<Result<T, AppError>>, show: impl Fn(T) -> V + Clone + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    awaited(resource, show, true)
}

/// The same for a part of a page, which has its heading already.
pub fn await_section<T, V>(resource: Resource<Result<T, AppError>>, show: impl Fn(T) -> V + Clone + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    awaited(resource, show, false)
}

fn awaited<T, V>(resource: Resource<Result<T, AppError>>, show: impl Fn(T) -> V + Clone + Send + Sync + 'static, whole: bool) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=Skeleton>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match resource.await.and_then(|value| shown(|| show(value))) {
                        Ok(view) => view,
                        Err(error) => view! { <ErrorState error whole again=Callback::new(move |()| resource.refetch()) /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// Shapes in the size of what will be there.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-label="Loading">
            <div class="bone line"></div>
            <div class="bone card-size"></div>
            <div class="bone card-size"></div>
        </div>
    }
}

/// A problem in words, and what can be done.
#[component]
fn ErrorState(
    /// What went wrong.
    error: AppError,
    /// Whether it stands for the whole page, and has its title and heading.
    whole: bool,
    /// Tries once more.
    again: Callback<()>,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    if error.0.kind == ProblemKind::Unavailable {
        try_again_soon(again, error.0.retry_after_s.unwrap_or(3));
    }
    let (heading, way_on) = match error.0.kind {
        ProblemKind::NotSignedIn => ("You are signed out.", view! { <a class="btn primary" href="/sign-in" rel="external">"Sign in"</a> }.into_any()),
        ProblemKind::NotFound => ("Nothing here.", view! { <a class="btn primary" href="/">"Home"</a> }.into_any()),
        ProblemKind::Offline => ("No signal.", retry(again)),
        ProblemKind::Unavailable => ("A short break.", retry(again)),
        _ => ("That did not work.", retry(again)),
    };
    view! {
        <section class="card state" role="alert">
            {if whole {
                view! {
                    <PageTitle text=heading.trim_end_matches('.') />
                    <h1 class="h2">{heading}</h1>
                }
                    .into_any()
            } else {
                view! { <h2>{heading}</h2> }.into_any()
            }}
            <p class="muted">{error.0.message}</p>
            {way_on}
        </section>
    }
}

/// By itself, after as many seconds as the server said, unless the page is left before.
#[cfg(feature = "hydrate")]
fn try_again_soon(again: Callback<()>, seconds: u64) {
    let timer = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    Effect::new(move |_| {
        let handle = set_timeout_with_handle(move || again.run(()), std::time::Duration::from_secs(seconds));
        timer.set_value(handle.ok());
    });
    on_cleanup(move || {
        if let Some(handle) = timer.get_value() {
            handle.clear();
        }
    });
}

fn retry(again: Callback<()>) -> AnyView {
    view! {
        <button class="btn" r#type="button" on:click=move |_| again.run(())>
            "Try again"
        </button>
    }
    .into_any()
}

/// Nothing yet: a sentence, and the one next step.
#[component]
pub fn EmptyState(
    /// The sentence.
    #[prop(into)]
    sentence: String,
    /// Where the step leads.
    #[prop(into)]
    href: String,
    /// What the step is.
    #[prop(into)]
    step: String,
) -> impl IntoView {
    view! {
        <section class="card state">
            <p class="say">{sentence}</p>
            <a class="btn primary" href=href>
                {step}
            </a>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_while_reading_is_a_problem() {
        let breaks = async || -> Result<(), AppError> { panic!("a test") };
        let error = answered(breaks()).await.expect_err("a problem");
        assert_eq!(error.0.kind, ProblemKind::Internal);
        assert_eq!(answered(async { Ok::<_, AppError>(7) }).await, Ok(7));
    }

    #[test]
    fn a_page_that_panics_while_it_is_shown_is_a_problem() {
        let broken = || if std::hint::black_box(true) { panic!("no") } else { "a page" };
        assert!(shown(broken).is_err());
        assert!(shown(|| "a page").is_ok());
    }
}
