//! Setting a new password by email.

use domain::FieldErrors;
use domain::accounts::normalize_email;
use platform::{Email, Error, Platform};

use crate::credentials::credentials;
use crate::email_links::{Purpose, consume_token, link_used, token_link};
use crate::login_methods::on_first_verification;
use crate::notices::security_notice;
use crate::password;
use crate::password_change::set_password;
use crate::queries::{accounts, lifecycle, takeover};

/// Sends an email to set a new password, if there is an account with the address, and returns it. The caller must not reveal whether there is.
pub(crate) async fn request_password_reset(platform: &Platform, email: &str) -> Result<Option<Email>, Error> {
    let email = normalize_email(email);
    let (Some(account), _) = credentials(platform, &email).await? else { return Ok(None) };
    if platform.login_throttle.check(&format!("reset {email}")).is_err() {
        // The inbox is being flooded; its owner has enough of these emails already.
        return Ok(None);
    }
    let mut tx = platform.database.begin_as(account).await?;
    let link = token_link(platform, &mut tx, Purpose::Reset, &email).await?;
    let text = format!(
        "Hello,\n\nsomeone, hopefully you, asked for a new password on Legwork. Set it here:\n\n{link}\n\n\
         The link works once, within an hour. If it was not you, do nothing: the password stays as it is.\n"
    );
    let email = Email { account, to: email, subject: "A new password".into(), text };
    platform.send_email(&mut tx, &email).await?;
    tx.commit().await?;
    Ok(Some(email))
}

/// Sets a new password with the token from an email. A refused password leaves the token valid. If the address was never confirmed, this
/// confirms it, and whoever registered the account loses every way into it and sees none of its data.
pub(crate) async fn reset(platform: &Platform, token: &str, new: &str) -> Result<(), Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let (_, email) = consume_token(platform, &mut tx, token, Purpose::Reset).await?;
    // No transaction is held open while the password is hashed; the token stays valid.
    drop(tx);
    let mut fields = FieldErrors::default();
    password::check_new(platform, &mut fields, "new", new, &[&email]).await?;
    fields.into_result()?;
    let hash = password::hash(platform, new.to_owned()).await?;
    let mut tx = platform.database.begin_anonymous().await?;
    let (account, email) = consume_token(platform, &mut tx, token, Purpose::Reset).await?;
    // Reading the email proves ownership of that address; an address that the account has since left proves nothing.
    let first = accounts::confirm_address(&mut tx, account, platform.clock.now(), &email).await?.ok_or_else(link_used)?;
    set_password(&mut tx, &hash).await?;
    if first {
        on_first_verification(&mut tx, None).await?;
        takeover::undo_what_a_stranger_chose(&mut tx).await?;
        // A deletion that the stranger requested is cancelled, too: its job finds that there is nothing to do.
        lifecycle::set_deletion_requested(&mut tx, account, None).await?;
    }
    let what = "The password of your account on Legwork was just changed, and every device signed out.";
    platform.send_email(&mut tx, &security_notice(account, &email, "The password was changed", what)).await?;
    tx.commit().await
}
