import type { Icon } from './icon.ts';

export type MenuAction = {
  label: string;
  icon?: Icon;
  /** Shown at the right; the key itself is handled where the view's keys are. */
  shortcut?: string;
  hint?: string;
  disabled?: boolean;
  /** Given, the item is one that is on or off and says so. */
  checked?: boolean;
  href?: string;
  /** Loads the page behind `href` whole, for what must not outlive it: another workspace. */
  reload?: boolean;
  onselect?: () => void;
  /** A menu behind this item. */
  items?: MenuItem[];
};

export type MenuItem = MenuAction | { heading: string } | 'separator';
