-- Typography is no part of a word. Where the database classifies letters by "C", as the embedded one does, all that is not ASCII counts as a
-- letter: „Hahn“ was a word with its quotation marks, and nobody who looked for Hahn found it.

create or replace function private.plain(said text) returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  -- Signs of Latin-1, punctuation, currencies, arrows, mathematics, boxes, dingbats, brackets of Asia, faces; not what normalising makes a
  -- letter or a number of: ª ² ½ ™ ①.
  signs constant text := '[\u00a0-\u00a7\u00a9\u00ab\u00ac\u00ae\u00b0\u00b1\u00b6\u00b7\u00bb\u00bf\u00d7\u00f7\u2000-\u200b\u2010-\u2029\u202f-\u205f'
    || '\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff\u3000-\u3003\u3008-\u3020\ufffc\ufffd\U0001f000-\U0001f0ff\U0001f300-\U0001faff]+';
  -- Where a word may be broken, joined or turned around, and how a face is drawn.
  invisible constant text := '[\u00ad\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+';
  kept text := said;
begin
  if octet_length(kept) = length(kept) then
    return kept;
  end if;
  kept := replace(replace(replace(replace(kept, 'ä', 'a'), 'ö', 'o'), 'ü', 'u'), 'ß', 'ss');
  kept := replace(replace(replace(kept, 'Ä', 'A'), 'Ö', 'O'), 'Ü', 'U');
  if octet_length(kept) = length(kept) then
    return kept;
  end if;
  kept := regexp_replace(regexp_replace(kept, invisible, '', 'g'), signs, ' ', 'g');
  if octet_length(kept) = length(kept) then
    return kept;
  end if;
  kept := regexp_replace(normalize(kept, nfkd), '[\u0300-\u036f]+', '', 'g');
  -- ½ is 1⁄2 by now.
  return regexp_replace(kept, signs, ' ', 'g');
end
$$;

-- What was entered before with such a sign in a word.
update lotse.search_entries e
set words = private.entry(
  private.ticket_lexemes(e.ticket_id),
  coalesce(
    (select private.name_lexemes(f.name) from lotse.files f where f.id = e.file_id),
    (select private.lexemes(m.body_text) from lotse.messages m where m.id = e.message_id),
    (select private.lexemes(t.description) from lotse.tickets t where t.id = e.ticket_id)
  )
)
where e.words::text ~ '[\u00a0-\u00a7\u00a9\u00ab-\u00ae\u00b0\u00b1\u00b6\u00b7\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff\u3000-\u3020\ufe00-\ufe0f\ufeff\ufffc\ufffd\U0001f000-\U0001faff]';

revoke execute on all functions in schema private from public;
