import type { Role } from '#lib/shared/ticket.ts';

// A housing company's service desk and its small IT team. All addresses are of reserved domains (RFC 2606).

export const company = { slug: 'nordlicht', name: 'Nordlicht Wohnen', language: 'de' } as const;

/** For the three that sign in; the others are colleagues who are out today. */
export const password = 'lotse-demo';

type Colleague = { key: string; name: string; role: Role; signsIn: boolean };

export const colleagues: Colleague[] = [
  { key: 'ada', name: 'Ada Lund', role: 'administrator', signsIn: true },
  { key: 'mona', name: 'Mona Reis', role: 'moderator', signsIn: true },
  { key: 'ben', name: 'Ben Okoro', role: 'member', signsIn: true },
  { key: 'cleo', name: 'Cleo Sand', role: 'member', signsIn: false },
  { key: 'gus', name: 'Gus Hartmann', role: 'member', signsIn: false },
  { key: 'ilse', name: 'Ilse Brandt', role: 'member', signsIn: false },
  { key: 'tarek', name: 'Tarek Yıldız', role: 'member', signsIn: false },
  { key: 'lena', name: 'Lena Vogt', role: 'member', signsIn: false },
];

export function emailOf(key: string): string {
  return `${key}@nordlicht.example`;
}

export const groups = [
  { key: 'caretakers', name: 'Hausmeister', members: ['gus', 'ben'] },
  { key: 'office', name: 'Mietverwaltung', members: ['cleo', 'ilse'] },
  { key: 'it', name: 'IT-Team', members: ['tarek', 'lena'] },
];

type PoolPlan = { key: string; name: string; members?: string[]; groups?: string[]; claimBeforeWork?: boolean };

export const pools: PoolPlan[] = [
  { key: 'heating', name: 'Heizung & Wasser', members: ['ben', 'cleo'], groups: ['caretakers'] },
  { key: 'lift', name: 'Aufzug', members: ['ben'], groups: ['caretakers'] },
  { key: 'rent', name: 'Miete & Abrechnung', members: ['ben'], groups: ['office'] },
  { key: 'keys', name: 'Schlüssel & Zugang', members: ['ben', 'ilse'], groups: ['caretakers'] },
  { key: 'outside', name: 'Haus & Hof', groups: ['caretakers', 'office'], claimBeforeWork: false },
  { key: 'it', name: 'IT', groups: ['it'] },
];

export const accounts: { name: string; address: string; pool: string; asksFirst?: boolean }[] = [
  { name: 'Service', address: 'service@nordlicht.example', pool: 'heating' },
  { name: 'Mietverwaltung', address: 'miete@nordlicht.example', pool: 'rent' },
  { name: 'IT-Hilfe', address: 'it@nordlicht.example', pool: 'it' },
  { name: 'Allgemeines', address: 'info@nordlicht.example', pool: 'outside', asksFirst: true },
];

type CustomerPlan = {
  key: string;
  name: string;
  salutation: '' | 'ms' | 'mr' | 'mx';
  title?: string;
  language: 'de' | 'en';
  phone?: string;
  address: string;
  organisation?: string;
};

export const customers: CustomerPlan[] = [
  {
    key: 'weber',
    name: 'Petra Weber',
    salutation: 'ms',
    title: 'Dr.',
    language: 'de',
    phone: '+49 40 555 0101',
    address: 'petra.weber@example.org',
  },
  {
    key: 'smith',
    name: 'John Smith',
    salutation: 'mr',
    language: 'en',
    phone: '+49 40 555 0102',
    address: 'john.smith@example.com',
  },
  { key: 'krueger', name: 'Hans Krüger', salutation: 'mr', language: 'de', address: 'hans.krueger@example.org' },
  {
    key: 'haas',
    name: 'Miriam Haas',
    salutation: 'ms',
    language: 'de',
    address: 'm.haas@example.net',
    organisation: 'Nordlicht Wohnen',
  },
  { key: 'oconnor', name: "Niamh O'Connor", salutation: 'ms', language: 'en', address: 'niamh.oconnor@example.com' },
  {
    key: 'schmitz',
    name: 'Jürgen Schmitz',
    salutation: 'mr',
    language: 'de',
    phone: '+49 40 555 0106',
    address: 'schmitz.j@example.org',
  },
  { key: 'demir', name: 'Elif Demir', salutation: 'ms', language: 'de', address: 'elif.demir@example.org' },
  { key: 'nguyen', name: 'Minh Nguyen', salutation: 'mx', language: 'en', address: 'minh.nguyen@example.net' },
  {
    key: 'bakery',
    name: 'Karl Ostermann',
    salutation: 'mr',
    language: 'de',
    phone: '+49 40 555 0109',
    address: 'ostermann@backhaus.example',
    organisation: 'Backhaus Ostermann',
  },
  { key: 'lindqvist', name: 'Sara Lindqvist', salutation: 'ms', language: 'en', address: 'sara.lindqvist@example.com' },
  {
    key: 'hoffmann',
    name: 'Ursula Hoffmann-Freitag von der Heide',
    salutation: 'ms',
    title: 'Prof. Dr.',
    language: 'de',
    address: 'u.hoffmann-freitag@example.org',
  },
  { key: 'kowalski', name: 'Piotr Kowalski', salutation: 'mr', language: 'de', address: 'p.kowalski@example.net' },
  { key: 'yilmaz', name: 'Deniz Aydın', salutation: '', language: 'de', address: 'deniz.aydin@example.org' },
  { key: 'brandt', name: 'Lukas Brandt', salutation: 'mr', language: 'de', address: 'lukas.brandt@example.com' },
  { key: 'garcia', name: 'Lucía García', salutation: 'ms', language: 'en', address: 'lucia.garcia@example.com' },
  {
    key: 'praxis',
    name: 'Anke Wolters',
    salutation: 'ms',
    title: 'Dr.',
    language: 'de',
    phone: '+49 40 555 0116',
    address: 'praxis@wolters.example',
    organisation: 'Praxis Wolters',
  },
  { key: 'meier', name: 'Gerd Meier', salutation: 'mr', language: 'de', address: 'gerd.meier@example.org' },
  { key: 'fischer', name: 'Johanna Fischer', salutation: 'ms', language: 'de', address: 'johanna.fischer@example.net' },
];
