const HEADER =
  'number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,' +
  'sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,u_symptom,' +
  'cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,' +
  'rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at';

/** A file for mappings/incidents.yaml with invented incidents: opened, worked on, resolved, closed. */
export function incidentLog(incidents: number): string {
  const rows = Array.from({ length: incidents }, (_, index) => incident(index));
  return [HEADER, ...rows.flat()].join('\n');
}

function incident(index: number): readonly string[] {
  const number = `INC${String(index).padStart(7, '0')}`;
  const day = (index % 27) + 1;
  const closed = `code 5,Resolved by ${index % 7},${day}/3/2031 11:29,${day + 1}/3/2031 12:00`;
  const row = (state: string, change: number, at: string, assignee: string): string =>
    `${number},${state},${state !== 'Closed'},0,0,${change},true,Caller ${index % 90},Opened by 8,${day}/3/2031 01:16,` +
    `Created by 6,${day}/3/2031 01:23,Updated by 21,${at},Phone,Location 1,Category ${index % 9},Subcategory 1,` +
    `Symptom 1,?,2 - Medium,2 - Medium,3 - Moderate,Group ${index % 5},${assignee},true,false,Do Not Notify,` +
    `?,?,?,?,${closed}`;
  return [
    row('New', 0, `${day}/3/2031 01:23`, '?'),
    row('Active', 1, `${day}/3/2031 08:53`, `Resolver ${index % 11}`),
    row('Resolved', 2, `${day}/3/2031 11:29`, `Resolver ${index % 11}`),
    row('Closed', 3, `${day + 1}/3/2031 12:00`, `Resolver ${index % 11}`),
  ];
}
