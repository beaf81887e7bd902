//! The tables of an account: one entry for each, so that an archive omits none by accident.

/// A table of an account's archive.
pub(crate) struct Table {
    /// The table; its file is `data/{table}.jsonl`.
    pub(crate) name: &'static str,
    /// Its name, and that of its file, in archives of schemas before 39.
    pub(crate) former: Option<&'static str>,
    /// Its key without the athlete: the order of its lines, so that two archives of the same data are identical.
    pub(crate) order: &'static str,
}

impl Table {
    /// Whether a row is identified by its athlete and not by an id: then one that the account already has stays, and the archive's is skipped.
    pub(crate) fn is_keyed_by_athlete(&self) -> bool {
        ["athlete_thresholds", "visibility_settings", "finding_snapshots", "discovery_reports"].contains(&self.name)
    }
}

/// In the order in which rows can be imported: what others refer to comes first.
pub(crate) const EXPORTED_TABLES: [Table; 11] = [
    Table { name: "athlete_thresholds", former: Some("athlete_values"), order: "valid_from" },
    Table { name: "visibility_settings", former: Some("sharing"), order: "athlete_id" },
    Table { name: "privacy_zones", former: Some("home_zones"), order: "id" },
    Table { name: "journal_entries", former: None, order: "day" },
    Table { name: "imports", former: None, order: "id" },
    Table { name: "import_files", former: None, order: "id" },
    Table { name: "activities", former: None, order: "id" },
    Table { name: "activity_streams", former: None, order: "activity_id" },
    Table { name: "activity_efforts", former: None, order: "activity_id, kind, target" },
    Table { name: "finding_snapshots", former: Some("discovery_history"), order: "day" },
    Table { name: "discovery_reports", former: None, order: "athlete_id" },
];

/// Tables that are not in an archive, and why.
#[cfg(test)]
pub(crate) const EXCLUDED_TABLES: [(&str, &str); 19] = [
    ("accounts", "name and time zone are in `legwork.json`; the address and the password belong to the account that imports"),
    ("sessions", "grants access to the account"),
    ("known_devices", "browsers that this server knows"),
    ("one_time_tokens", "grants access to the account"),
    ("totp_credentials", "grants access to the account"),
    ("passkeys", "grants access to the account"),
    ("recovery_codes", "grants access to the account"),
    ("api_tokens", "grants access to the account"),
    ("external_identities", "grants access to the account"),
    ("audit_log", "what happened on this server did not happen on another"),
    ("trashed_activities", "deleted, and kept for thirty days on this server alone"),
    ("change_log", "what happened on this server did not happen on another"),
    ("organisations", "belongs to all its members"),
    ("memberships", "belongs to the organisation, which is here"),
    ("invitations", "belongs to the organisation, which is here"),
    ("data_exports", "what happened on this server did not happen on another"),
    ("consents", "given to this server, not to another; they can be read in `legwork.json`"),
    ("discovery_jobs", "work in progress on this server"),
    ("recompute_tasks", "work in progress on this server"),
];
