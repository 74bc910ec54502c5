import ChevronDown from '@lucide/svelte/icons/chevron-down';
import ChevronUp from '@lucide/svelte/icons/chevron-up';
import ChevronsUp from '@lucide/svelte/icons/chevrons-up';
import Globe from '@lucide/svelte/icons/globe';
import Mail from '@lucide/svelte/icons/mail';
import Phone from '@lucide/svelte/icons/phone';
import Plug from '@lucide/svelte/icons/plug';
import QrCode from '@lucide/svelte/icons/qr-code';
import SquarePen from '@lucide/svelte/icons/square-pen';
import UserRound from '@lucide/svelte/icons/user-round';
import type { Channel, Priority } from '#lib/shared/ticket.ts';
import type { Icon } from '#lib/ui/icon.ts';

export const channelIcons: Record<Channel, Icon> = {
  mail: Mail,
  form: Globe,
  portal: UserRound,
  phone: Phone,
  code: QrCode,
  api: Plug,
  hand: SquarePen,
};

/** The normal case needs no sign. */
export const priorityIcons: Record<Priority, Icon | null> = {
  low: ChevronDown,
  normal: null,
  high: ChevronUp,
  urgent: ChevronsUp,
};
