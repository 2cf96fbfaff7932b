printf 'id,body,n\r\n1,"He said ""no"", then\nleft.",5\r\n2,Plain,6\r\n' >in.csv
echo '{"stages": []}' >p.json
run 0 run p.json in.csv --text-field body
lines out 2
record out 1 '(r["id"], r["body"], r["n"])' "('1', 'He said \"no\", then\nleft.', '5')"
run 1 run p.json in.csv --text-field nothing
has err 'nothing.*--text-field'
printf 'id\ttext\na\tOne\n' >in.tsv
run 0 run p.json in.tsv
record out 1 'r["text"]' One
