//! The server's validation of a form, in the browser: what it would refuse is marked beside its fields before anything is sent. Without a script the
//! server refuses it, and the page comes back with the same sentences.

use domain::Problem;
use leptos::ev::SubmitEvent;

/// What is typed into a form, by the names of its fields.
#[derive(Debug)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// What is typed into a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs().find(|(field, _)| *field == name).map(|(_, text)| text)
    }

    /// The same, of a field that may be left out.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// All fields.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

/// For `on:submit:capture` of a form with `data-validated`, by which the page's script turns off the browser's own validation: its sentences would come
/// before ours. Parses the form as the server does. A refused form is not sent. It listens while the event is on its way down, before what else listens
/// for a form that is being sent.
pub fn validate<T>(parse: impl Fn(&Typed) -> Result<T, Problem> + 'static) -> impl Fn(SubmitEvent) + 'static {
    move |event| {
        #[cfg(feature = "hydrate")]
        browser::validate(&event, |typed| parse(typed).err());
        #[cfg(not(feature = "hydrate"))]
        let _ = (&event, &parse);
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use domain::{FieldErrors, Problem};
    use leptos::ev::SubmitEvent;
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::js_sys::{Array, try_iter};
    use web_sys::{Document, Element, FormData, HtmlElement, HtmlFormElement, HtmlInputElement};

    use super::Typed;

    /// An error that was put beside a field here, not by the server.
    const MARK: &str = "data-validation";
    /// What the server says of a refused form, which is no longer true.
    const SAID: &str = ".field-error:not([hidden]), .form-error:not([hidden]), [data-refusal]:not([hidden])";

    pub(super) fn validate(event: &SubmitEvent, parse: impl Fn(&Typed) -> Option<Problem>) {
        let Some(form) = event.current_target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        let problem = clear(&form).and_then(|()| typed(&form)).and_then(|typed| unreadable(&form, parse(&typed))).ok().flatten();
        // A form that cannot be marked is sent, and the server says what is wrong.
        if problem.is_some_and(|problem| mark(&form, &problem).is_ok()) {
            event.prevent_default();
            event.stop_immediate_propagation();
        }
    }

    /// The fields of a form. Files are left out.
    fn typed(form: &HtmlFormElement) -> Result<Typed, JsValue> {
        let data = FormData::new_with_form(form)?;
        let mut fields = Vec::new();
        for pair in try_iter(&data)?.into_iter().flatten() {
            let pair: Array = pair?.unchecked_into();
            fields.extend(pair.get(0).as_string().zip(pair.get(1).as_string()));
        }
        Ok(Typed(fields))
    }

    /// What a number, day or time field shows and cannot read is sent as nothing, which may be a valid answer: adds an error for each such field.
    fn unreadable(form: &HtmlFormElement, problem: Option<Problem>) -> Result<Option<Problem>, JsValue> {
        let mut fields = FieldErrors::default();
        let inputs = form.query_selector_all("input")?;
        for input in (0..inputs.length()).filter_map(|i| inputs.get(i)?.dyn_into::<HtmlInputElement>().ok()) {
            if input.validity().bad_input() {
                let sentence = match input.type_().as_str() {
                    "date" => "A whole day: year, month and day.",
                    "time" => "A whole time: hours and minutes.",
                    _ => "A number, such as 7.5.",
                };
                fields.add(&input.name(), sentence);
            }
        }
        let Some(mut problem) = problem else { return Ok(fields.into_result().err()) };
        for name in fields.names() {
            problem.fields.add(name, fields.get(name).unwrap_or_default());
        }
        Ok(Some(problem))
    }

    /// Takes back what was said of the form before.
    fn clear(form: &HtmlFormElement) -> Result<(), JsValue> {
        while let Some(mark) = form.query_selector(&format!("[{MARK}]"))? {
            mark.remove();
        }
        // Part of the page as the server rendered it, so it is hidden and not removed.
        while let Some(said) = form.query_selector(SAID)? {
            said.set_attribute("hidden", "")?;
        }
        while let Some(field) = form.query_selector("[aria-invalid]")? {
            field.remove_attribute("aria-invalid")?;
            let described = field.get_attribute("aria-describedby").unwrap_or_default();
            let described: Vec<&str> = described.split(' ').filter(|id| !id.ends_with("-invalid") && !id.ends_with("-error")).collect();
            field.set_attribute("aria-describedby", &described.join(" "))?;
        }
        Ok(())
    }

    /// Puts each error beside its field, and goes to the first one.
    fn mark(form: &HtmlFormElement, problem: &Problem) -> Result<(), JsValue> {
        let Some(document) = form.owner_document() else { return Ok(()) };
        for name in problem.fields.names() {
            let sentence = problem.fields.get(name).unwrap_or_default();
            let Some(input) = form.query_selector(&format!("[name=\"{name}\"]:not([type=hidden])"))? else { continue };
            // A choice of several is one field.
            let field = input.closest("[role=radiogroup]")?.unwrap_or_else(|| input.clone());
            let id = format!("{name}-invalid");
            field.set_attribute("aria-invalid", "true")?;
            let described = field.get_attribute("aria-describedby").filter(|ids| !ids.is_empty());
            field.set_attribute("aria-describedby", &described.map_or_else(|| id.clone(), |ids| format!("{id} {ids}")))?;
            let error = alert(&document, "small", "field-error", sentence)?;
            error.set_id(&id);
            let outer = ".field, .q, label";
            let beside = field.closest(outer)?.or(input.closest(outer)?).unwrap_or_else(|| form.clone().into());
            beside.append_child(&error)?;
        }
        if let Some(first) = form.query_selector("[aria-invalid]")? {
            let first = first.query_selector("input")?.unwrap_or(first);
            return first.dyn_into::<HtmlElement>().map_or(Ok(()), |first| first.focus());
        }
        let notice = alert(&document, "p", "notice", &problem.message)?;
        form.insert_before(&notice, form.first_child().as_ref())?;
        Ok(())
    }

    fn alert(document: &Document, tag: &str, class: &str, sentence: &str) -> Result<Element, JsValue> {
        let element = document.create_element(tag)?;
        element.set_class_name(class);
        element.set_attribute("role", "alert")?;
        element.set_attribute(MARK, "")?;
        element.set_text_content(Some(sentence));
        Ok(element)
    }
}
