# Databases and tables of the server's version; safe to run again.
for database in temporal temporal_visibility; do
  case $database in temporal) kind=temporal ;; *) kind=visibility ;; esac
  temporal-sql-tool --db "$database" create || true
  temporal-sql-tool --db "$database" setup-schema --version 0.0 || true
  temporal-sql-tool --db "$database" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$kind/versioned"
done
