import { config } from '#server/config.ts';
import type { TransactionSql } from '#server/database/pool.ts';

/*
 * A responder that takes another address for each mail is a new customer each time, so confirmations are counted over all of them. What
 * holds them together is the domain: whoever has one can make addresses in it as he likes. At a provider that the world shares nobody can,
 * but for what a mailbox brings by itself (`name+anything@`, at Gmail dots as well): there the mailbox takes the place of the domain.
 */

/**
 * An hour. Those whose tickets have the same subject but for its numbers are almost certainly one machine's; the wider bound ends the rest.
 * Two mails filed at the same moment may both be the last. At a shared provider hundreds of strangers may write the same within an hour:
 * the heating has failed, or the payment. There the bounds are only so low that nothing goes on without end.
 */
const most = {
  domain: { alike: 20, all: 200 },
  provider: { alike: 400, all: 2_000 },
};
/** Longer known than this, a customer is no address that was made for the next mail. */
const newHours = 24;

/**
 * Where people have their mailboxes that have no domain of their own: in German-speaking countries and the large ones elsewhere. Written down
 * by hand: published lists name thousands of free domains, among them those that hand out addresses for the next mail, which are just what is
 * to be bounded. A provider that is missing here is counted as a company: its customers get too few confirmations, never a loop too many.
 * Operators add theirs by MAIL_SHARED_DOMAINS.
 */
const providers = [
  'gmail\\.com|googlemail\\.com|(outlook|hotmail|live|msn)\\.[a-z]{2,3}(\\.[a-z]{2})?|(yahoo|ymail|rocketmail)\\.[a-z]{2,3}(\\.[a-z]{2})?',
  'icloud\\.com|me\\.com|mac\\.com|aol\\.(com|de)|proton\\.me|protonmail\\.(com|ch)|pm\\.me|fastmail\\.(com|fm)|zoho\\.(com|eu)|mail\\.com',
  'gmx\\.(de|net|at|ch|com|org|eu|info)|web\\.de|email\\.de|mail\\.de|t-online\\.de|magenta\\.de|freenet\\.de|arcor\\.de|vodafone\\.de|vodafonemail\\.de',
  '1und1\\.de|online\\.de|onlinehome\\.de|kabelmail\\.de|unitybox\\.de|ewe\\.net|ewetel\\.net|versanet\\.de|netcologne\\.de|osnanet\\.de',
  'posteo\\.(de|net|eu|org)|mailbox\\.org|tutanota\\.(com|de)|tuta\\.(com|io)|a1\\.net|aon\\.at|chello\\.at|bluewin\\.ch|hispeed\\.ch|sunrise\\.ch',
  'orange\\.fr|wanadoo\\.fr|free\\.fr|laposte\\.net|sfr\\.fr|libero\\.it|virgilio\\.it|wp\\.pl|o2\\.pl|onet\\.pl|interia\\.pl|seznam\\.cz|ziggo\\.nl|kpnmail\\.nl',
  'btinternet\\.com|sky\\.com|comcast\\.net|verizon\\.net|att\\.net|sbcglobal\\.net|mail\\.ru|yandex\\.(ru|com)|qq\\.com|163\\.com|126\\.com|naver\\.com',
].join('|');

/** Whether the crowd behind an address had its share, as a condition over `a` (contact_addresses), `c` (contacts) and `t` (tickets). */
export function crowdMayBeAnswered(sql: TransactionSql) {
  const domain = sql`split_part(lower(a.address), '@', 2)`;
  const isShared = sql`(${domain} ~ ${`^(${providers})$`} or ${domain} = any (${config().mailSharedDomains}::text[]))`;
  return sql`
    and exists (
      select from private.crowd_of(t.id, a.address, ${newHours}) crowd
      where crowd.everybody < case when ${isShared} then ${most.provider.all}::int else ${most.domain.all}::int end
        and (
          c.created_at <= now() - make_interval(hours => ${newHours})
          or (
            crowd.alike < case when ${isShared} then ${most.provider.alike}::int else ${most.domain.alike}::int end
            and crowd.same_mailbox < ${most.domain.alike}
          )
        )
    )
  `;
}
