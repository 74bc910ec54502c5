/** What a form about a contact shows. */
export type ContactForm = {
  salutation: '' | 'ms' | 'mr' | 'mx';
  title: string;
  name: string;
  phone: string;
  language: 'de' | 'en';
  organisation: string;
  remark: string;
  addresses: string[];
};

export const contactFields = ['name', 'addresses', 'phone', 'title', 'organisation', 'remark'];
