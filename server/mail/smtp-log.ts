/**
 * nodemailer reports a connection lost before RCPT and one lost after the whole text with the same error; its
 * transaction log tells them apart: after the server's 354 nobody knows whether the mail was taken.
 */
export function smtpLog() {
  let asked = false;
  const watch = (entry: { tnx?: unknown }, message: unknown) => {
    if (entry.tnx === 'server' && typeof message === 'string' && /^354/.test(message)) asked = true;
  };
  const ignore = () => undefined;
  return {
    logger: { trace: ignore, debug: watch, info: ignore, warn: ignore, error: ignore, fatal: ignore },
    wasAskedForText: () => asked,
  };
}
