// Limits of what people type and send. The same numbers stand as checks in supabase/migrations.

export const subjectLength = 250;
/** A long mail is about 20 KB; a pasted log fits too. */
export const bodyLength = 200_000;
/** Of a mail's words that rules copy onto other tickets: where it lies itself it stands whole. */
export const copyLength = 100_000;
export const nameLength = 80;
export const poolNameLength = 60;
export const tagLength = 30;
export const tagCount = 20;
/** Most mail providers refuse more. */
export const fileBytes = 25 * 1024 * 1024;
/** All that customers upload to one ticket; what comes by mail is not counted. */
export const customerTicketBytes = 500 * 1024 * 1024;
export const filesPerMessage = 20;
/** What a customer may upload: what a browser or an office can show. Staff may send anything that is not a program. */
export const refusedFileNames = /\.(exe|bat|cmd|com|scr|pif|msi|vbs|vbe|js|jse|wsf|wsh|ps1|jar|lnk|hta|cpl|reg)$/i;
/** Commands are kept this long to answer a repeated one. */
export const commandDays = 7;
