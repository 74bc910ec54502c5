/** How the line above which a customer answers is marked (server/mail/separator.ts finds it again). */
export const separatorClass = 'lotse-answer-above';
export const separatorAttribute = 'data-lotse-above';

/** The token as it stands in the text of a mail. */
export function separatorText(token: string): string {
  return `lotse:${token}`;
}
