import type { EN } from './en.ts';

/** German. */
export const DE: typeof EN = {
  brand: 'Lockport',
  language: 'Sprache',
  skip: 'Zum Inhalt',
  loading: 'Wird geladen…',
  retry: 'Noch einmal versuchen',
  more: 'Mehr zeigen',
  cancel: 'Abbrechen',
  close: 'Schließen',
  unreachable: 'Der Server antwortet nicht. Vielleicht startet er neu: Die Seite versucht es von selbst wieder.',
  failed: 'Das hat nicht geklappt.',
  failures: {
    'wrong-login': 'Name, Passwort oder Code sind falsch.',
    'not-signed-in': 'Melden Sie sich an.',
    banned: 'Verbindungen von Ihrer Adresse werden nicht angenommen.',
    'too-many-logins': 'Zu viele Anmeldungen gleichzeitig: Versuchen Sie es gleich noch einmal.',
    'forged-request': 'Anfragen anderer Seiten werden abgewiesen.',
    'no-such-account': 'Dieses Konto gibt es nicht.',
    'account-exists': 'Ein Konto mit diesem Namen gibt es schon.',
    'no-such-group': 'Diese Gruppe gibt es nicht.',
    'group-exists': 'Eine Gruppe mit diesem Namen gibt es schon.',
    'group-in-use': 'Die Gruppe hat noch Mitglieder.',
    'no-such-session': 'Diese Sitzung gibt es nicht mehr.',
    'no-such-ban': 'Diese Sperre gibt es nicht mehr.',
    'no-such-administrator': 'Diesen Verwalter gibt es nicht.',
    'administrator-exists': 'Einen Verwalter mit diesem Namen gibt es schon.',
    'no-such-token': 'Dieses Token gibt es nicht mehr.',
    'no-such-link':
      'Dieser Link ist abgelaufen oder wurde benutzt: Starten Sie den Server neu, um einen anderen zu bekommen.',
    'last-owner': 'Niemand bliebe, der alles verwalten darf: Machen Sie erst einen anderen zum Inhaber.',
    'not-recorded': 'Das Protokoll kann nicht geschrieben werden, und ohne Eintrag geschieht nichts.',
  },
  changedMeanwhile:
    'Jemand anderes hat es inzwischen geändert. Es wird gezeigt, wie es jetzt ist: Sehen Sie nach, und versuchen Sie es noch einmal.',
};
