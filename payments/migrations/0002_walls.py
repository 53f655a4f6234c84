"""What the ledger's tables hold by themselves: entries balance at commit, and a closed till session stays as it is."""

from django.db import migrations

BALANCE = """
CREATE FUNCTION payments_posting_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry bigint := CASE TG_TABLE_NAME WHEN 'payments_posting' THEN (to_jsonb(NEW) ->> 'entry_id')::bigint
                    ELSE (to_jsonb(NEW) ->> 'id')::bigint END;
    total numeric;
    sides integer;
    amount numeric;
BEGIN
    SELECT coalesce(sum(p.amount), 0), count(*) INTO total, sides FROM payments_posting p WHERE p.entry_id = entry;
    SELECT e.amount INTO amount FROM payments_ledgerentry e WHERE e.id = entry;
    IF total <> 0 OR (amount <> 0 AND sides < 2) THEN
        RAISE EXCEPTION 'postings of entry % add up to % in % rows', entry, total, sides
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_balance';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER posting_balance AFTER INSERT ON payments_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_posting_balance();
CREATE CONSTRAINT TRIGGER entry_balance AFTER INSERT ON payments_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_posting_balance();
"""
CLOSED = """
CREATE FUNCTION payments_session_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('toonbank.owner_override', true) = 'on'
        AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
        RETURN OLD;
    END IF;
    IF OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'till session % is closed: % is refused', OLD.id, TG_OP
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'session_closed_stays';
    END IF;
    IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER session_closed_stays BEFORE UPDATE OR DELETE ON payments_tillsession
    FOR EACH ROW EXECUTE FUNCTION payments_session_closed();
CREATE FUNCTION payments_entry_in_open_session() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed timestamptz;
BEGIN
    SELECT closed_at INTO closed FROM payments_tillsession WHERE id = NEW.session_id FOR SHARE;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'till session % is closed: no entry lands in it', NEW.session_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'entry_in_open_session';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_in_open_session BEFORE INSERT ON payments_ledgerentry
    FOR EACH ROW WHEN (NEW.session_id IS NOT NULL) EXECUTE FUNCTION payments_entry_in_open_session();
ALTER TABLE payments_tillsession ENABLE ALWAYS TRIGGER session_closed_stays;
ALTER TABLE payments_ledgerentry ENABLE ALWAYS TRIGGER entry_in_open_session;
"""
TAKE_DOWN = """
DROP TRIGGER posting_balance ON payments_posting;
DROP TRIGGER entry_balance ON payments_ledgerentry;
DROP FUNCTION payments_posting_balance();
DROP TRIGGER session_closed_stays ON payments_tillsession;
DROP FUNCTION payments_session_closed();
DROP TRIGGER entry_in_open_session ON payments_ledgerentry;
DROP FUNCTION payments_entry_in_open_session();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_foundation")]

    operations = [migrations.RunSQL(BALANCE + CLOSED, TAKE_DOWN)]
