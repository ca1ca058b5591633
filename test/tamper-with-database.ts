import Database from 'better-sqlite3';

/** What someone does to a ledger who has its file and any SQLite tool: past the triggers that forbid it, and leaving them as they were. */
export function tamperWithDatabase(
  file: string,
  action: (database: Database.Database) => void,
): void {
  const database = new Database(file);
  const triggers = database
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
    )
    .all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  action(database);
  for (const { sql } of triggers) database.exec(sql);
  database.close();
}
