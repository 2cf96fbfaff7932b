# A stage in sed (sed -u -n -f numbers.sed): does the document hold a number? -u, or no answer would ever arrive.
s/.*"text":"[^"]*[0-9].*/{"has_number":true}/p
t
s/.*/{"has_number":false}/p
