import { asSystem } from '#server/database/actor.ts';
import { actions } from '#lib/shared/filter-actions.ts';
import { conditions } from '#lib/shared/filters.ts';
import type { Ids } from './plant.ts';

/** What the house says often. */
const blocks = [
  {
    folder: 'Termine',
    name: 'Handwerker kündigt sich an',
    de: '{greeting}\n\nunser Handwerksbetrieb meldet sich bis morgen Mittag bei Ihnen und vereinbart einen Zeitpunkt, an dem jemand zu Hause ist.',
    en: '{greeting}\n\nour contractor will call you by noon tomorrow to agree on a time when somebody is at home.',
  },
  {
    folder: 'Termine',
    name: 'Zugang zur Wohnung nötig',
    de: 'für die Arbeiten brauchen wir Zugang zu Ihrer Wohnung. Wann passt es Ihnen in dieser Woche?',
    en: 'for this work we need access to your flat. When would it suit you this week?',
  },
  {
    folder: 'Abrechnung',
    name: 'Belege einsehen',
    de: 'die Belege zu Ihrer Abrechnung liegen vier Wochen lang in unserem Büro aus, montags bis donnerstags von 9 bis 16 Uhr.',
    en: '',
  },
  {
    folder: '',
    name: 'Foto erbitten',
    de: 'könnten Sie uns bitte ein Foto schicken? Dann bringen wir gleich das richtige Ersatzteil mit.',
    en: 'could you please send us a photo? Then we can bring the right part straight away.',
  },
];

/** How it sorts its mail; the last one is still being thought over. */
function filters({ pools }: Ids) {
  return [
    {
      name: 'Rechnungen mit Anhang in die Abrechnung',
      conditions: [
        { field: 'subject', is: 'contains', value: 'Rechnung' },
        { field: 'file', is: 'present' },
      ],
      actions: [
        { do: 'ticket', pool: pools.get('rent') },
        { do: 'tag', tag: 'Rechnung' },
      ],
      isActive: true,
    },
    {
      name: 'Wasserrohrbruch zuerst',
      conditions: [{ field: 'subject', is: 'contains', value: 'Wasserrohrbruch' }],
      actions: [
        { do: 'tag', tag: 'Notfall' },
        { do: 'priority', priority: 'urgent' },
      ],
      isActive: true,
    },
    {
      name: 'Werbung beiseitelegen',
      conditions: [{ field: 'header', header: 'list-unsubscribe', is: 'present' }],
      actions: [{ do: 'ignore' }],
      isActive: false,
    },
  ].map((filter) => ({
    ...filter,
    conditions: conditions.parse(filter.conditions),
    actions: actions.parse(filter.actions),
  }));
}

/** Text blocks and filters. */
export async function plantWords(ids: Ids): Promise<void> {
  const { workspaceId } = ids;
  await asSystem(workspaceId, async ({ sql }) => {
    const rows = blocks.map(({ de, en, ...block }) => ({ ...block, workspaceId, bodyDe: de, bodyEn: en }));
    await sql`insert into lotse.text_blocks ${sql(rows)}`;
    for (const [position, { conditions, actions, ...filter }] of filters(ids).entries()) {
      const row = { ...filter, workspaceId, position: position + 1, joins: 'all', stops: false };
      await sql`
        insert into lotse.filters ${sql({ ...row, conditions: sql.json(conditions), actions: sql.json(actions) })}
      `;
    }
  });
}
