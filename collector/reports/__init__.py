"""What came of days that are over: reads only, writes nothing."""
