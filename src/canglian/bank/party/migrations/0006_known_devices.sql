-- A device on which a mobile has signed in before has codes, tries and locks of its own: nobody else can use them up.

ALTER TABLE sign_in ADD COLUMN known_device boolean NOT NULL DEFAULT false;
