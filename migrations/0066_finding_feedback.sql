-- Whether a finding was of use, as its reader says of exactly these numbers (docs/decisions/0028-the-face-of-discovery.md).
-- Locks nothing: the table is new.

create table finding_feedback (
  athlete_id uuid not null references accounts on delete cascade,
  -- The pair and its numbers, digested (`discovery::result`): other numbers are another result, and their answer another row.
  result text not null check (result ~ '^[0-9a-f]{40}$'),
  input text not null check (length(input) between 1 and 100),
  outcome text not null check (length(outcome) between 1 and 100),
  -- Where it stood on the page, as `domain::discovery::Group` writes it.
  finding_group text not null check (length(finding_group) between 1 and 40),
  -- What computed it: the engine, and the formulas of the metrics; zero if a report of an older version did not say.
  engine text not null check (length(engine) between 1 and 40),
  formulas int not null check (formulas >= 0),
  helpful boolean not null,
  comment text check (length(comment) between 1 and 500),
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  -- One answer to a result, and the answers to the results on a page.
  primary key (athlete_id, result)
);
alter table finding_feedback enable row level security;
create policy own on finding_feedback using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on finding_feedback to legwork_app;
create trigger set_updated_at before update on finding_feedback for each row execute function set_updated_at();
create trigger record_change after insert or update or delete on finding_feedback for each row execute function record_change('result');

-- What admins see of it: counts, and none of fewer than five people, of whom one could be guessed. Anybody else sees none.
create function count_finding_feedback()
  returns table (input text, outcome text, finding_group text, engine text, formulas int, people bigint, helpful bigint, unhelpful bigint, comments bigint)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select f.input, f.outcome, f.finding_group, f.engine, f.formulas, count(distinct f.athlete_id), count(*) filter (where f.helpful),
        count(*) filter (where not f.helpful), count(f.comment)
      from finding_feedback f where has_role('admin', 'owner')
      group by f.input, f.outcome, f.finding_group, f.engine, f.formulas having count(distinct f.athlete_id) >= 5
      order by f.input, f.outcome, f.finding_group, f.engine, f.formulas;
  end;
revoke all on function count_finding_feedback() from public;
grant execute on function count_finding_feedback() to legwork_app;
