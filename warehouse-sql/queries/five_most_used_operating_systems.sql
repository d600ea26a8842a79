-- The five operating systems that most sessions of the web shop came from; sessions that do not say are left out.
SELECT os, COUNT(*) AS sessions
FROM fact_session
WHERE os <> 'unknown'
GROUP BY os
ORDER BY sessions DESC, os
LIMIT 5
