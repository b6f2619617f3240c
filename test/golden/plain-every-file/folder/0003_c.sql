vacuum;
vacuum;