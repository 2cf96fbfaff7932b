-- Cuts lines that are only a price, counts the words, and drops what has none.
function process(doc)
    local cuts, at = 0, 1
    for line, stop in doc.text:gmatch("([^\n]*)\n?()") do
        if line:match("^%s*[$€£]+%s?[%d.,]+%s*$") then
            doc:cut(at, stop - 1, "price", "line-of-price")
            cuts = cuts + 1
        end
        at = stop
    end
    local words = 0
    for _, token in ipairs(doc:tokens()) do
        if token.is_word then words = words + 1 end
    end
    if words == 0 then return "drop", "no-words" end
    doc:set("shop", { words = words, prices = cuts, lang = doc:get("lang") or null })
end
