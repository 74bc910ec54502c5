import type { Story } from '../stories.ts';

export const lift: Story[] = [
  {
    pool: 'lift',
    subject: 'Aufzug Haus 7 steckt zwischen 2. und 3. OG',
    customer: 'schmitz',
    hours: 0.2,
    channel: 'phone',
    priority: 'urgent',
    tags: ['Notfall'],
    said: [['mona!', 'Niemand in der Kabine. Notdienst Aufzug ist informiert, kommt in 45 Minuten.', 0.2]],
  },
  {
    pool: 'lift',
    subject: 'Aufzug ruckelt beim Anfahren',
    customer: 'praxis',
    hours: 20,
    channel: 'mail',
    priority: 'high',
    said: [
      [
        'praxis',
        'Unsere Patienten berichten, dass der Aufzug beim Anfahren stark ruckelt. Einige trauen sich nicht mehr hinein. Bitte prüfen Sie das bald.',
        20,
      ],
    ],
  },
  {
    pool: 'lift',
    subject: 'Taster im 4. OG ohne Licht',
    customer: 'brandt',
    hours: 96,
    channel: 'code',
    status: 'assigned',
    member: 'ben',
    priority: 'low',
    said: [
      ['brandt', 'Der Rufknopf leuchtet nicht, funktioniert aber.', 96, 'Aufzug-Taster.png'],
      ['ben', 'Danke für den Hinweis, Herr Brandt. Die Lampe ist bestellt.', 90],
    ],
  },
  {
    pool: 'lift',
    subject: 'TÜV-Plakette abgelaufen?',
    customer: 'hoffmann',
    hours: 44,
    channel: 'mail',
    said: [['hoffmann', 'Auf der Plakette im Aufzug steht Oktober. Ist die Prüfung schon beauftragt?', 44]],
  },
  {
    pool: 'lift',
    subject: 'Lift door closes too fast',
    customer: 'lindqvist',
    hours: 150,
    channel: 'mail',
    status: 'closed',
    member: 'gus',
    said: [
      ['lindqvist', 'Hi, the door of the lift in building 11 closes so fast that it hit my pram twice.', 150],
      [
        'gus',
        'Dear Ms Lindqvist,\n\nthe technician has set the door to stay open for eight seconds. Please tell us if it happens again.',
        130,
      ],
      ['lindqvist', 'Much better now, thank you!', 128],
    ],
  },
];
