export { default } from './setup-database.ts';
