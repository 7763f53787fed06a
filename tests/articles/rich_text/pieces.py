"""HTML that the cleaning of a paste (in the browser) and the sanitizer (on the server) must read alike."""

PIECES = [  # what is written, what it means
    ('<b style="font-weight:normal"><p>a</p></b>', "<p>a</p>"),
    ('<p><span style="font-weight:700">a</span> b</p>', "<p><strong>a</strong> b</p>"),
    ('<p><span style="font-weight:bold">a</span> <b style="font-weight:400">b</b></p>', "<p><strong>a</strong> b</p>"),
    (
        '<p><span style="font-style:italic">a</span> <i style="font-style:normal">b</i> <i>c</i></p>',
        "<p><em>a</em> b <em>c</em></p>",
    ),
    ('<p><font color="red"><b><i>a</i></b></font> <u>b</u></p>', "<p><strong><em>a</em></strong> b</p>"),
    (
        '<p>H<span style="vertical-align:sub">2</span>O 10<span style="vertical-align:super">3</span></p>',
        "<p>H<sub>2</sub>O 10<sup>3</sup></p>",
    ),
    (
        "<h1>a</h1><h2>b</h2><h3>c</h3><h4>d</h4><h5>e</h5><h6>f</h6>",
        "<h2>a</h2><h2>b</h2><h3>c</h3><h3>d</h3><h3>e</h3><h3>f</h3>",
    ),
    ("<p>a</p><p><br></p><p>&nbsp;</p><p></p><p><span> </span></p><p>b</p>", "<p>a</p><p>b</p>"),
    ("<p>Take <del>10 mg</del><ins>5 mg</ins></p>", "<p>Take 5 mg</p>"),
    ("<p>a<strike>b</strike><s>c</s><span style='text-decoration: underline line-through'>d</span>e</p>", "<p>ae</p>"),
    ('<p>a<span style="display:none">b</span><span style="mso-hide:all">c</span></p>', "<p>a</p>"),
    ('<p style="text-decoration-line:line-through">a</p><p>b</p>', "<p>b</p>"),
    ("<p>a<!-- b --><o:p></o:p><script>c</script><style>d</style></p>", "<p>a</p>"),
    ('<p>a<a href="#_ftn1">[1]</a> b<a href="#_ftn2"><sup>2</sup></a></p>', "<p>a[1] b[2]</p>"),
    ("<p>a<img src=x alt=b></p>", "<p>a</p>"),
    (
        "<table><caption>a</caption><thead><tr><th><p>b</p></th></tr></thead><tr><td><p>c</p></td></tr></table>",
        "<p>a</p><table><tbody><tr><th><p>b</p></th></tr><tr><td><p>c</p></td></tr></tbody></table>",
    ),
]
