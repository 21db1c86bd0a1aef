/** Words of English, German, French, Spanish and Dutch headers. */
export const WORDS = {
  received:
    /eingang|eingegangen|received|created|opened|erstellt|submitted|timestamp|zeitstempel|reported|recu|recibid|ontvangen/,
  contacted: /kontakt|contact|ruckruf|called|angerufen|first.?response|reponse|respuesta/,
  closed:
    /erledigt|closed|resolved|abgeschlossen|geschlossen|gelost|completed|done|solved|ferme|resolu|cerrad|gesloten/,
  id: /^id$|\bid$|nummer|number|\bnr\b|nr$|no\.?$|ticket|case|vorgang|fall|incident|reference|referenz/,
  customer: /kund|customer|client|caller|mitglied|member|klant/,
  owner: /bearbeiter|owner|assigned.?to|assignee|agent|zustandig|betreuer|sachbearbeiter/,
  team: /team|gruppe|group|abteilung|department|queue/,
  priority: /priori/,
  urgency: /dringlich|urgen|severity/,
  updated: /updated|geandert|modified|changed|aktualisiert/,
  touchpoint: /filiale|branch|store|kanal|channel|touchpoint|standort|location|contact.?type/,
  product: /produkt|product|categor|kategorie|sparte/,
  status: /status|state|zustand/,
  comment:
    /kommentar|comment|bemerkung|feedback|freitext|remark|verbatim|nachricht|message|description|beschreibung|commentaire|comentario/,
  person:
    /name|mail|phone|telefon|handy|mobil|adresse|address|strasse|street|plz|zip|postal|postleitzahl|birth|geburt|iban|created.?by|updated.?by|_by$/,
  score: /nps|csat|ces\b|score|wert|bewertung|rating|zufrieden|sterne|stars|empfehl|recommend|satisfaction|note\b/,
  amount: /erstatt|refund|betrag|amount|gutschrift|compensation|kulanz|entschadig|relief/,
  done: /^(resolved|closed|done|solved|completed|erledigt|gelost|geschlossen|abgeschlossen|ferme|resolu|cerrado|gesloten)$/,
} as const;

/** Small letters without marks. */
export const plainOf = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss').toLowerCase();
