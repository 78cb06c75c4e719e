"""Common passwords of twelve characters and more, and the words that many are made of, in lower case."""

COMMON = frozenset(
    """
    123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 012345678901 0123456789012
    123123123123 123412341234 112233445566 121212121212 123321123321 123456123456 123454321234 987654321012
    987654321098 098765432109 102030405060 147258369147 147258369000 159753159753 789456123000 789456123789
    111122223333 111222333444 111111111111 000000000000 999999999999 888888888888 666666666666 777777777777
    222222222222 333333333333 444444444444 555555555555 010203040506 010101010101 010203010203
    1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc zaq12wsxcde3
    zaq1xsw2cde3 q1w2e3r4t5y6 q1w2e3r4t5y6u7 qazwsxedcrfv qazwsxedc123 qwertyuiop12 qwertyuiop123 qwertyuiop1234
    qwertyuiopas qwertyuiopasdf qwertyuiopasdfghjkl qwerty123456 qwerty1234567 qwerty12345678 qwertyqwerty
    qwerty123123 qwerty654321 qwertyasdfgh qwertyuiop qwertyuiop1 asdfghjkl123 asdfghjkl1234 asdfghjkl asdfasdfasdf
    asdfghasdfgh asdf1234asdf zxcvbnm12345 zxcvbnm123456 zxcvbnmasdfg zxcvbnmzxcvbnm poiuytrewq12 abcdefghijkl
    abcdefghijklm abcdefghijklmn abcdefgh1234 abcdefg12345 abcdef123456 abcabcabcabc abc123abc123 abc123456789
    abcd12345678 abcd1234abcd a1b2c3d4e5f6 a1b2c3d4e5f6g7 aaaaaaaaaaaa aabbccddeeff aa123456789 a123456789012
    password password1 password12 password123 password1234 password12345 password123456 password1234567
    passwordpassword password1password passw0rd passw0rd1234 passw0rd12345 p4ssw0rd1234 passwort1234 passwort12345
    pass12345678 pass123456789 passpasspass mypassword12 mypassword123 mypassword1234 newpassword1 newpassword12
    newpassword123 thisismypassword itsasecret123 secretpassword secret123456 topsecret123 changeme1234
    changeme12345 changeme123456 changemenow1 changemeplease letmein12345 letmein123456 letmeinletmein
    letmeinplease letmeinnow123 welcome12345 welcome123456 welcome1234567 welcomewelcome welcomehome1
    welcometohell welcome2024 welcome2025 welcome2026 iloveyou1234 iloveyou12345 iloveyou123456 iloveyouiloveyou
    iloveyousomuch iloveyouforever iloveyou2024 ilovemyfamily ilovejesus123 ilovemymother fuckyou12345
    fuckyou123456 trustno1trustno1 whateverwhatever administrator administrator1 administrator123 admin1234567
    admin12345678 admin123456789 adminadminadmin admin123admin rootrootroot root12345678 superadmin123 superuser1234
    superman1234 superman12345 supermansuperman batman123456 spiderman123 starwars1234 starwars12345 pokemon12345
    pokemon123456 minecraft123 minecraft1234 football1234 football12345 footballfootball baseball1234 basketball12
    basketball123 liverpool123 liverpool1234 liverpoolfc1 manchester12 manchester123 manchesterunited manunited123
    arsenal12345 arsenal123456 chelsea12345 chelsea123456 chelseafc123 tottenham123 tottenham1234 rangers12345
    celtic123456 celtic1888888 newcastle123 everton12345 westham12345 leedsunited1 england12345 scotland1234
    ireland12345 london123456 london201212 britain12345 princess1234 princess12345 sunshine1234 sunshine12345
    butterfly123 chocolate123 chocolate1234 cheesecake12 strawberry12 strawberry123 hellohello12 hellohellohello
    helloworld12 helloworld123 hello1234567 hello12345678 monkey123456 monkey1234567 dragon123456 dragon1234567
    shadow123456 master123456 master1234567 michael12345 michael123456 jennifer1234 jessica12345 jessica123456
    charlie12345 charlie123456 ashley123456 thomas123456 george123456 william12345 jordan123456 computer1234
    computer12345 internet1234 internet12345 samsung12345 samsung123456 google123456 facebook1234 telephone123
    telephone1234 telecom12345 broadband123 broadband1234 mobile123456 invoice12345 invoices1234 billing12345
    billing123456 customer1234 customer12345 customerportal accounts1234 accounts12345 myaccount123 myaccount1234
    account12345 account123456 business1234 business12345 company12345 company123456 office123456 finance12345
    finance123456 payments1234 january12345 february1234 november1234 november2026 december1234 december2026
    december2025 september123 september2026 summer123456 summer202424 summer202525 summer202626 winter123456
    winter202626 spring123456 autumn123456 christmas123 christmas1234 christmas2025 christmas2026 birthday1234
    happybirthday happybirthday1 happynewyear liverpoolliverpool blink182blink182 correcthorsebatterystaple
    tobeornottobe thequickbrownfox onceuponatime maytheforcebewithyou maytheforce123
    onetwothreefour 1234qwerasdf 1234qwerasdfzxcv 12345qwert12 123456qwerty 1234567qwerty 123456qwertyuiop
    123qweasdzxc 123qweasd123 1234asdf1234 12345abcde12 123456abcdef 123abc456def 123456789abc 123456789abcd
    1234567890abc 1234567890ab 123456789qwe 123456789qwerty 1234567890qwe 1234567890qwertyuiop 123456789asd
    123456789a12 1234567891011 12345678910 1234567891234 12345678900987654321 12345678987654321
    """.split()
)

WORDS = (
    "password passwort passwords passw qwerty qwertz qwertyuiop asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm welcome"
    " letmein iloveyou admin administrator secret changeme changeit hello monkey dragon football baseball liverpool"
    " arsenal chelsea everton rangers celtic sunshine princess superman batman computer internet telephone telecom"
    " broadband mobile invoice invoices billing account accounts customer customers portal company login user guest"
    " test spring summer autumn winter january february march april june july august september october november"
    " december monday christmas london england scotland wales ireland britain"
).split()
"""With nothing much else around them, they are guessed."""
