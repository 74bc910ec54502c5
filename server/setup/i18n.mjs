/** Compiles the messages for plain Node (the server's mails and errors); Vite does the same for the web app. */
import { compile } from '@inlang/paraglide-js';
import { paraglide } from '../../.config/paraglide.ts';

await compile(paraglide);
// Timers of the compiler's own store would keep the process for half a minute.
process.exit(0);
