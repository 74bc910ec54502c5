/**
 * How Node is started for a server. Half of what it would take for young objects (32 MB, twice): whoever joins makes it
 * grow to the full, and it is given back after minutes of quiet at the earliest. What is delivered dies at once, in 16 MB as in 32.
 */
export const serverOptions = ['--max-semi-space-size=16'];
