//! What a page shows while it loads, when there is nothing yet, and when something went wrong.

use domain::ProblemKind;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::AppError;
use crate::ui::PageTitle;

/// What a page reads. On the server a panic while reading becomes a problem: it runs in a task of its own, where the panic would go
/// unnoticed and the page would wait for ever.
pub fn reading<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Resource<Result<T, AppError>>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    Resource::new(source, move |input| catch_panic(fetch(input)))
}

#[cfg(feature = "ssr")]
async fn catch_panic<T>(reading: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    use futures::FutureExt;
    let caught = std::panic::AssertUnwindSafe(reading).catch_unwind().await;
    caught.unwrap_or_else(|_| Err(crate::server::to_app_error(platform::Error::Internal("a page panicked while reading".to_owned()))))
}

/// Renders what was read; on the server a panic becomes a problem, as it does while reading.
#[cfg(feature = "ssr")]
fn render<V: IntoView + 'static>(show: impl FnOnce() -> V) -> Result<AnyView, AppError> {
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| show().into_any()));
    caught.map_err(|_| crate::server::to_app_error(platform::Error::Internal("a page panicked while rendering".to_owned())))
}

#[cfg(not(feature = "ssr"))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on the server")]
fn render<V: IntoView + 'static>(show: impl FnOnce() -> V) -> Result<AnyView, AppError> {
    Ok(show().into_any())
}

#[cfg(not(feature = "ssr"))]
async fn catch_panic<T>(reading: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    reading.await
}

/// Shows a page's `resource` once it is loaded, a skeleton until then, and an error with a next step when it failed.
pub fn await_page<T, V>(resource: Resource<Result<T, AppError>>, show: impl Fn(T) -> V + Clone + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    await_resource(resource, show, true)
}

/// The same for a section of a page, which has its heading already.
pub fn await_section<T, V>(resource: Resource<Result<T, AppError>>, show: impl Fn(T) -> V + Clone + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    await_resource(resource, show, false)
}

fn await_resource<T, V>(
    resource: Resource<Result<T, AppError>>,
    show: impl Fn(T) -> V + Clone + Send + Sync + 'static,
    whole_page: bool,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=Skeleton>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match resource.await.and_then(|value| render(|| show(value))) {
                        Ok(view) => view,
                        Err(error) => view! { <ErrorState error whole_page again=Callback::new(move |()| resource.refetch()) /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// Placeholders in the size of what will be there.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-label="Loading">
            <div class="skeleton-line"></div>
            <div class="skeleton-line card-size"></div>
            <div class="skeleton-line card-size"></div>
        </div>
    }
}

/// A problem in words, and the next step.
#[component]
fn ErrorState(
    /// What went wrong.
    error: AppError,
    /// Whether it replaces the whole page, and so sets title and heading.
    whole_page: bool,
    /// Tries once more.
    again: Callback<()>,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    if error.0.kind == ProblemKind::Unavailable {
        schedule_retry(again, error.0.retry_after_s.unwrap_or(3));
    }
    let (heading, next_step) = match error.0.kind {
        ProblemKind::NotSignedIn => ("You are signed out.", view! { <a class="btn primary" href="/sign-in" rel="external">"Sign in"</a> }.into_any()),
        ProblemKind::NotFound => ("Nothing here.", view! { <a class="btn primary" href="/">"Home"</a> }.into_any()),
        // The viewer may, but not without a second factor or a confirmed address.
        ProblemKind::NotAllowed => ("One step first.", view! { <a class="btn primary" href="/settings/security">"Open Security"</a> }.into_any()),
        ProblemKind::Offline => ("No signal.", retry(again)),
        ProblemKind::Unavailable => ("A short break.", retry(again)),
        _ => ("That did not work.", retry(again)),
    };
    view! {
        <section class="card state" role="alert">
            {if whole_page {
                view! {
                    <PageTitle text=heading.trim_end_matches('.') />
                    <h1 class="h2">{heading}</h1>
                }
                    .into_any()
            } else {
                view! { <h2>{heading}</h2> }.into_any()
            }}
            <p class="muted">{error.0.message}</p>
            {next_step}
        </section>
    }
}

/// Retries after the number of seconds the server gave, unless the page is left before.
#[cfg(feature = "hydrate")]
fn schedule_retry(again: Callback<()>, seconds: u64) {
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

/// Nothing yet: a sentence and the one next step.
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
            <p class="lead">{sentence}</p>
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
        let error = catch_panic(breaks()).await.expect_err("a problem");
        assert_eq!(error.0.kind, ProblemKind::Internal);
        assert_eq!(catch_panic(async { Ok::<_, AppError>(7) }).await, Ok(7));
    }

    #[test]
    fn a_panic_while_rendering_is_a_problem() {
        let broken = || if std::hint::black_box(true) { panic!("no") } else { "a page" };
        assert!(render(broken).is_err());
        assert!(render(|| "a page").is_ok());
    }
}
